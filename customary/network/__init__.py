"""HTTP/1.1 over sockets: connections, requests and answers. No routes, no rules, no storage."""

"""The peers that customary is measured against, each with the settings that it runs under."""

"""Every path that the server answers, on one screen. The contract as data is held against this table."""

from customary.api import (
    batches,
    contacts,
    customers,
    erasure,
    export,
    extrafields,
    feed,
    groups,
    history,
    listing,
    mass_update,
    merge,
    orders,
    places,
    preview,
    profiles,
    service,
    summaries,
    upsert,
)
from customary.api.replica import may_lag
from customary.api.router import Route

STORE = "/api/v3/{storeId}"
OWN = "/customary/v1/{storeId}"
"""Where the paths are that the original does not have."""
EXTRAFIELDS = f"{STORE}/store_extrafields/customers"

ROUTES = (
    Route("PUT", f"{STORE}/customers/{{customerId}}", customers.update_customer, "update_customers"),
    Route("GET", f"{STORE}/customers/{{customerId}}", customers.get_customer, "read_customers"),
    Route("DELETE", f"{STORE}/customers/{{customerId}}", customers.delete_customer, "update_customers"),
    Route("GET", f"{STORE}/customers", may_lag(customers.search_customers), "read_customers"),
    Route("POST", f"{STORE}/customers", customers.create_customer, "create_customers"),
    Route("GET", f"{STORE}/customers/deleted", may_lag(customers.list_deleted_customers), "read_customers"),
    Route("GET", f"{STORE}/customers/filters", may_lag(summaries.get_customer_filters), "read_customers"),
    Route("GET", f"{STORE}/customers/locations", may_lag(summaries.find_customer_locations), "read_customers"),
    Route("GET", f"{STORE}/customers_ids", may_lag(summaries.find_customer_ids), "read_customers"),
    Route("POST", f"{STORE}/customers_update", mass_update.update_customers, "update_customers"),
    Route("GET", f"{STORE}/customers/{{customerId}}/contacts", contacts.list_contacts, "read_customers"),
    Route("POST", f"{STORE}/customers/{{customerId}}/contacts", contacts.create_contact, "create_customers"),
    Route("GET", f"{STORE}/customers/{{customerId}}/contacts/{{contactId}}", contacts.get_contact, "read_customers"),
    Route(
        "PUT", f"{STORE}/customers/{{customerId}}/contacts/{{contactId}}", contacts.update_contact, "update_customers"
    ),
    Route(
        "DELETE",
        f"{STORE}/customers/{{customerId}}/contacts/{{contactId}}",
        contacts.delete_contact,
        "update_customers",
    ),
    Route("GET", f"{STORE}/customer_groups", may_lag(groups.list_groups), "read_customers"),
    Route("POST", f"{STORE}/customer_groups", groups.create_group, "create_customers"),
    Route("GET", f"{STORE}/customer_groups/{{groupId}}", groups.get_group, "read_customers"),
    Route("PUT", f"{STORE}/customer_groups/{{groupId}}", groups.update_group, "update_customers"),
    Route("DELETE", f"{STORE}/customer_groups/{{groupId}}", groups.delete_group, "update_customers"),
    Route("GET", EXTRAFIELDS, extrafields.list_extrafields, "read_customers_extrafields"),
    Route("POST", EXTRAFIELDS, extrafields.create_extrafield, "update_customers_extrafields"),
    Route("GET", f"{EXTRAFIELDS}/{{key}}", extrafields.get_extrafield, "read_customers_extrafields"),
    Route("PUT", f"{EXTRAFIELDS}/{{key}}", extrafields.update_extrafield, "update_customers_extrafields"),
    Route("DELETE", f"{EXTRAFIELDS}/{{key}}", extrafields.delete_extrafield, "delete_customers_extrafields"),
    Route("GET", f"{STORE}/orders", may_lag(orders.list_orders), "read_orders"),
    Route("POST", f"{STORE}/orders", orders.create_order, "create_orders"),
    Route("DELETE", f"{STORE}/orders/{{orderNumber}}", orders.delete_order, "update_orders"),
    Route("GET", f"{STORE}/customers/products", may_lag(orders.find_purchased_products), "read_customers"),
    Route("GET", f"{STORE}/profile", profiles.get_profile, "read_store_profile"),
    Route("PUT", f"{STORE}/profile", profiles.update_profile, "update_store_profile"),
    Route("POST", f"{STORE}/batch", batches.create_batch, ""),
    Route("GET", f"{STORE}/batch", batches.get_batch, ""),
    Route("GET", f"{STORE}/countries", places.list_countries),
    Route("GET", f"{STORE}/states", places.list_states),
    Route("GET", f"{STORE}/latest-stats", summaries.get_latest_stats, "", public=True),
    Route("GET", f"{OWN}/changes", feed.list_changes, "read_customers"),
    Route("POST", f"{OWN}/customers/{{customerId}}/erase", erasure.erase_customer, "update_customers"),
    Route("GET", f"{OWN}/customers/{{customerId}}/erasure", erasure.get_erasure, "read_customers"),
    Route(
        "GET",
        f"{OWN}/customers/{{customerId}}/export",
        export.export_customer,
        "read_customers",
        also_scope="read_orders",
    ),
    Route("GET", f"{OWN}/customers/{{customerId}}/history", history.list_history, "read_customers"),
    Route("GET", f"{OWN}/customers/{{customerId}}/history/{{seq}}", history.get_version, "read_customers"),
    Route("POST", f"{OWN}/customers/{{customerId}}/restore", history.restore_customer, "update_customers"),
    Route("POST", f"{OWN}/customers/{{customerId}}/preview", preview.preview_customer, "read_customers"),
    Route("GET", f"{OWN}/customers", may_lag(listing.list_customers), "read_customers"),
    Route("POST", f"{OWN}/customers/{{customerId}}/merge", merge.merge_customers, "update_customers"),
    Route(
        "POST", f"{OWN}/customers/upsert", upsert.upsert_customers, "update_customers", also_scope="create_customers"
    ),
    Route("GET", "/health/live", service.health_live),
    Route("GET", "/health/ready", service.health_ready),
    Route("GET", "/openapi.json", service.openapi),
    Route("GET", "/docs", service.reference),
    Route("GET", "/docs/{asset}", service.reference_asset),
)

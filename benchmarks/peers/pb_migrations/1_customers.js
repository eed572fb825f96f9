/// The customers of the contract as a PocketBase collection: public rules, so that no request pays for a token check.
migrate((app) => {
  const text = (name) => ({ type: "text", name, max: 10000 });
  const flag = (name) => ({ type: "bool", name });
  const json = (name) => ({ type: "json", name });

  app.save(new Collection({
    type: "base",
    name: "customers",
    listRule: "",
    viewRule: "",
    createRule: "",
    updateRule: "",
    deleteRule: "",
    fields: [
      { type: "email", name: "email", required: true },
      text("name"),
      text("phone"),
      { type: "number", name: "customerGroupId", onlyInt: true },
      json("billingPerson"),
      json("shippingAddresses"),
      json("contacts"),
      text("taxId"),
      flag("taxIdValid"),
      flag("taxExempt"),
      { type: "select", name: "b2b_b2c", values: ["b2b", "b2c"], maxSelect: 1 },
      text("fiscalCode"),
      text("electronicInvoicePecEmail"),
      text("electronicInvoiceSdiCode"),
      flag("acceptMarketing"),
      text("lang"),
      text("privateAdminNotes"),
      { type: "autodate", name: "registered", onCreate: true },
      { type: "autodate", name: "updated", onCreate: true, onUpdate: true },
    ],
    indexes: [
      "CREATE UNIQUE INDEX customers_email ON customers (email)",
      "CREATE INDEX customers_name ON customers (name)",
      "CREATE INDEX customers_phone ON customers (phone)",
      "CREATE INDEX customers_group ON customers (customerGroupId, updated)",
      "CREATE INDEX customers_registered ON customers (registered)",
      "CREATE INDEX customers_updated ON customers (updated)",
    ],
  }));

  // Without this every request is also written to a log database; leaving it out favours PocketBase.
  const settings = app.settings();
  settings.logs.maxDays = 0;
  app.save(settings);
});

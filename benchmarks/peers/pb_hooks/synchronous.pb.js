/// Durability of PocketBase: sets it where the benchmark asks for more than the default, and tells what holds.
///
/// All writes go through one connection, opened with synchronous=NORMAL. A connection that idles for minutes may be
/// replaced by a new one with that default, so the setting is renewed every minute, which also keeps it from idling.

onBootstrap((event) => {
  event.next();
  const wanted = $os.getenv("BENCH_SYNCHRONOUS");
  if (wanted) $app.nonconcurrentDB().newQuery("PRAGMA synchronous = " + wanted).execute();
});

cronAdd("synchronous", "* * * * *", () => {
  const wanted = $os.getenv("BENCH_SYNCHRONOUS");
  if (wanted) $app.nonconcurrentDB().newQuery("PRAGMA synchronous = " + wanted).execute();
});

routerAdd("GET", "/bench/durability", (event) => {
  const found = new DynamicModel({ synchronous: 0, journal: "", sqlite: "" });
  $app.nonconcurrentDB()
    .newQuery(
      "SELECT synchronous, journal_mode AS journal, sqlite_version() AS sqlite FROM pragma_synchronous, pragma_journal_mode",
    )
    .one(found);
  return event.json(200, found);
});

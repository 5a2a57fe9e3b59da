//! The files that price tables need beside them in a valid folder.

/// `engines.csv`, `clients.csv` and `billing.csv` for these tables. The defaults of the client are 512x512 at `steps`, in the
/// first table.
pub(crate) fn lists(tables: &[&str], steps: &str) -> [(String, String); 3] {
    let engines = tables.iter().map(|table| format!("{table}-v1,{table}\n")).collect::<Vec<_>>().concat();
    let client = format!("API,{},512,512,{steps},\n", tables[0]);
    [
        ("engines.csv", format!("engine,table\n{engines}")),
        ("clients.csv", format!("client,table,width,height,steps,granted_images\n{client}")),
        ("billing.csv", include_str!("../published/billing.csv").to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
}

//! Folders of tables for tests, which take the columns of the lists from here.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// The files of a folder of tables, by their names.
///
/// A test starts from valid tables and says what differs, so that a new column of a list is a change of this file only.
#[derive(Clone, Debug, Default)]
pub struct TableFiles(BTreeMap<String, String>);

impl TableFiles {
    /// Returns valid tables with one price: the table `turbo` of `512x512` at 4 steps.
    #[must_use]
    pub fn valid() -> Self {
        Self::of("turbo", "steps,512x512\n4,0.1\n")
    }

    /// Returns a price table with an engine, a client that defaults to its first price, a price of credits, and no limit.
    ///
    /// # Panics
    ///
    /// Panics if the table has no price.
    #[must_use]
    pub fn of(table: &str, csv: &str) -> Self {
        let cell =
            |line: usize, column: usize| csv.lines().nth(line).and_then(|line| line.split(',').nth(column)).unwrap();
        let (width, height) = cell(0, 1).split_once('x').unwrap();
        Self::default()
            .with(&format!("{table}.csv"), csv)
            .engine(&format!("{table}-v1"), table)
            .client("API", table, [width, height, cell(1, 0)].map(|number| number.parse().unwrap()), None)
            .billing("25", "1000", "10")
            .limits(table, [None; 8])
    }

    /// Reads the files of a folder, with Unix line ends.
    ///
    /// # Errors
    ///
    /// Fails if the folder or a file cannot be read, or if a file is not UTF-8.
    ///
    /// # Panics
    ///
    /// Panics if the name of a file is not UTF-8.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let read = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            Ok((entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path())?.replace("\r\n", "\n")))
        };
        fs::read_dir(folder)?.map(read).collect()
    }

    /// Adds a file, or replaces it.
    #[must_use]
    pub fn with(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), text.to_owned());
        self
    }

    /// Removes a file.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// Adds a row to `engines.csv`.
    #[must_use]
    pub fn engine(self, id: &str, table: &str) -> Self {
        self.row("engines.csv", "engine,table", &[id, table])
    }

    /// Adds a row to `clients.csv`, with the width, the height and the steps of its defaults.
    #[must_use]
    pub fn client(self, name: &str, table: &str, defaults: [u32; 3], granted_images: Option<u32>) -> Self {
        let [width, height, steps] = defaults.map(|number| number.to_string());
        let granted_images = granted_images.map(|images| images.to_string()).unwrap_or_default();
        let cells = [name, table, &width, &height, &steps, &granted_images];
        self.row("clients.csv", "client,table,width,height,steps,granted_images", &cells)
    }

    /// Writes `billing.csv`: the credits of the sign-up grant, and those of the smallest purchase with its dollars.
    #[must_use]
    pub fn billing(self, grant: &str, credits: &str, usd: &str) -> Self {
        let (name, header) = ("billing.csv", "item,credits,usd");
        let files = self.without(name).row(name, header, &["sign_up_grant", grant, "0"]);
        files.row(name, header, &["minimum_purchase", credits, usd])
    }

    /// Adds a row to `formulas.csv`, with the decimal places of both roundings.
    #[must_use]
    pub fn formula(self, table: &str, free_pixels: u64, rate: &str, [nearest, up]: [u32; 2]) -> Self {
        let [free_pixels, nearest, up] = [free_pixels, nearest.into(), up.into()].map(|number| number.to_string());
        let header = "table,free_pixels,credits_per_gigapixel_step,nearest,up";
        self.row("formulas.csv", header, &[table, &free_pixels, rate, &nearest, &up])
    }

    /// Adds a row to `exceptions.csv`, with the width, the height and the steps of a cell.
    #[must_use]
    pub fn exception(self, table: &str, cell: [u32; 3]) -> Self {
        let [width, height, steps] = cell.map(|number| number.to_string());
        self.row("exceptions.csv", "table,width,height,steps", &[table, &width, &height, &steps])
    }

    /// Adds a row to `limits.csv`, with its numbers in the order of the columns. `None` is no limit.
    #[must_use]
    pub fn limits(self, table: &str, limits: [Option<u32>; 8]) -> Self {
        let header =
            "table,side_multiple,min_pixels,max_pixels,max_long_side,max_short_side,min_steps,max_steps,max_images";
        let limits = limits.map(|limit| limit.map(|limit| limit.to_string()).unwrap_or_default());
        let cells: Vec<&str> = [table].into_iter().chain(limits.iter().map(|limit| &**limit)).collect();
        self.row("limits.csv", header, &cells)
    }

    /// Adds a row to `sources.csv`.
    #[must_use]
    pub fn source(self, table: &str, page: &str, heading: &str, published: &str) -> Self {
        self.row("sources.csv", "table,page,heading,published", &[table, page, heading, published])
    }

    /// Adds a row of texts to a list, which is created if there is none.
    fn row(mut self, name: &str, header: &str, cells: &[&str]) -> Self {
        let quoted = |cell: &&str| {
            let needs_quotes = cell.contains([',', '"', '\n', '\r']);
            if needs_quotes { format!("\"{}\"", cell.replace('"', "\"\"")) } else { (*cell).to_owned() }
        };
        let text = self.0.entry(name.to_owned()).or_insert_with(|| format!("{header}\n"));
        *text += &(cells.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
        self
    }

    /// Returns the text of a file.
    ///
    /// # Panics
    ///
    /// Panics if there is no such file.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        &self.0[name]
    }

    /// Writes the files to a folder, which is created if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the folder cannot be created or a file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        self.0.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
    }
}

/// The files with these names and texts.
impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for TableFiles {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(files: I) -> Self {
        Self(files.into_iter().map(|(name, text)| (name.into(), text.into())).collect())
    }
}

impl IntoIterator for TableFiles {
    type Item = (String, String);
    type IntoIter = std::collections::btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[test]
fn the_files_are_valid_tables() {
    use dreamstudio_pricing_codegen::{Folder, check};

    let files = TableFiles::of("metered", "steps,512x512,1024x1024\n10,0.04,0.43\n50,0.16,2.15\n")
        .formula("metered", 200_000, "50.5", [3, 2])
        .source("metered", "Prices, all of them", "\"Metered\"", "2024-02-29");
    let with_grant = files.clone().without("clients.csv").client("API", "metered", [512, 512, 10], Some(625));
    for files in [TableFiles::valid(), files, with_grant] {
        check(&Folder::from_files("tables", files)).unwrap();
    }
}

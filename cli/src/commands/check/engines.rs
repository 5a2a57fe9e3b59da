//! The engines of the tables, compared with those that the API lists.

use std::path::Path;

use dreamstudio_pricing_codegen::{Diagnostic, Folder, check_engines, escape_hidden, nearest};
use serde::Deserialize;

use crate::input;
use crate::outcome::{Exit, Outcome};

/// What the API calls the type of an engine that makes pictures.
const PICTURE: &str = "PICTURE";

/// An engine as the API lists it. Its other fields do not matter.
#[derive(Deserialize)]
struct ApiEngine {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
}

/// Reports the engines of the tables that the API does not have, and warns about picture engines that only the API has:
/// they may be priced in another way.
///
/// # Errors
///
/// Returns why the list cannot be read.
pub(super) fn check(file: &Path, folder: &Folder) -> Result<Vec<Diagnostic>, Outcome> {
    let (label, bytes) = input::read(file)?;
    let engines: Vec<ApiEngine> = serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("{label}: this is not the list of engines that the API returns: {error}");
        Outcome::error(message, Exit::Error)
    })?;
    let ids: Vec<&str> = engines.iter().map(|engine| &*engine.id).collect();
    let mut missing: Vec<&ApiEngine> = engines.iter().filter(|engine| engine.kind == PICTURE).collect();
    let mut diagnostics = check_engines(folder, |id| {
        missing.retain(|engine| engine.id != id);
        (!ids.contains(&id)).then(|| unknown(id, &ids))
    });
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|ApiEngine { id, name, .. }| format!("{id} ({name})")).collect();
        let message =
            format!("the API has picture engines that are not in the file: {}", escape_hidden(&list.join(", ")));
        let help = "add each to the file, or leave it out if it is priced in another way";
        diagnostics.push(Diagnostic::of_file(folder.path("engines.csv"), message).with_help(help).into_warning());
    }
    Ok(diagnostics)
}

/// Returns the message, and the help if an id of the API is near.
fn unknown(id: &str, ids: &[&str]) -> (String, Option<String>) {
    let near: Vec<String> =
        nearest(id, ids.iter().copied()).iter().map(|near| format!("`{}`", escape_hidden(near))).collect();
    let help = (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")));
    (format!("the API has no engine `{}`", escape_hidden(id)), help)
}

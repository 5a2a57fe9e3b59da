//! `clients.csv`: the default settings of each client, and how many images the sign-up grant pays for.

use super::cell_ref::{self, CellRef, Duplicates, ok_or_report};
use super::grant::{self, Promise};
use super::list::Lists;
use super::tables::Tables;
use crate::diagnostic::{Diagnostic, count};
use crate::escape::escape;
use crate::ident::{self, Name};
use crate::model::{Billing, Client, Size};
use crate::number;
use crate::schema::CLIENTS;

pub(super) fn check(
    lists: &Lists<'_>,
    tables: &Tables<'_>,
    billing: Option<(&Billing, CellRef<'_>)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Client>> {
    let sheet = lists.sheet(&CLIENTS, diagnostics)?;
    let (mut names, mut clients, mut promises) = (Duplicates::default(), Vec::new(), Vec::new());
    for [client, table, width, height, steps, granted] in cell_ref::rows(&sheet) {
        let name = ok_or_report(name(client), diagnostics);
        if let Some(name) = &name {
            names.check(&name.variant, "client", client, diagnostics);
        }
        let table = tables.named(table, diagnostics);
        let width_pixels = width.positive("width", diagnostics);
        let height_pixels = height.positive("height", diagnostics);
        let steps_count = steps.positive("step count", diagnostics);
        let granted_images = match granted.text() {
            "" => Some(None),
            text => {
                let count = number::whole(text).map_err(|error| granted.number_error("number of images", error));
                ok_or_report(count, diagnostics).map(Some)
            }
        };
        let (Some(name), Some((table_name, table))) = (name, table) else { continue };
        let (Some(width_pixels), Some(height_pixels)) = (width_pixels, height_pixels) else { continue };
        let (Some(steps_count), Some(granted_images)) = (steps_count, granted_images) else { continue };
        let size = Size { width: width_pixels, height: height_pixels };
        // The prices of a table with mistakes are not known; the mistakes are reported already.
        if let Some(table) = table {
            if let Some(price) = table.price(size, steps_count) {
                let client = client.text();
                promises.extend(granted_images.map(|images| Promise {
                    client,
                    page: lists.folder.promises.get(client).map(String::as_str),
                    granted,
                    images,
                    size,
                    steps: steps_count,
                    price,
                }));
            } else {
                let name = &table_name.text;
                let message = format!("the {name} table has no price for {size} at {}", count(steps_count, "step"));
                let help = format!("write a size and a step count of {name}.csv");
                diagnostics.push(width.error_to(steps, message).with_help(help));
            }
        }
        clients.push(Client { name, table: table_name.clone(), size, steps: steps_count, granted_images });
    }
    if let Some((billing, grant)) = billing {
        let is_certain = lists.folder.is_grant_certain;
        grant::check(&promises, billing, (grant, is_certain), diagnostics);
    }
    Some(clients)
}

fn name(client: CellRef<'_>) -> Result<Name, Diagnostic> {
    Name::new(client.text()).map_err(|reason| {
        if client.text().is_empty() {
            return client.error("the client is empty").with_help("write its name, or delete the row");
        }
        let message = format!("the client `{}` {reason}", escape(client.text()));
        client.error(message).with_help(ident::help(client.text()))
    })
}

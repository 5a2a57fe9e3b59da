//! Logs that could be read wrongly without a sign of it.

use super::causes::causes_of;
use super::*;

fn bill_log(name: &str, log: &str, arguments: &[&str]) -> Value {
    bill(&folder(&[(name, log.as_bytes())]), &[&[name], arguments].concat())
}

#[test]
fn a_stray_quote_does_not_hide_rows() {
    let row = |prompt: &str, images: &str| format!("{prompt},{}\n", priced(images, "a"));
    let header = format!("prompt,{HEADER}");
    let log = [header, row("x", "1"), row("\"a red", "1"), row("x", "1000"), row("\"b\"", "1"), row("x", "1")].concat();
    let report = bill_log("log.csv", &log, &[]);
    assert_eq!((&report["rows"], &report["priced"]["images"]), (&json!(3), &json!(2)));
    assert_eq!(
        causes_of(&report),
        ["a quote that begins a cell on line 3 is closed in the middle of the cell, and what is between may be rows: \
          delete the stray quote, or write a quote in a quoted cell twice"]
    );
    // No row is hidden in one line, or in a cell that ends at its closing quote.
    let log = [format!("prompt,{HEADER}"), row("\"a\"b", "1"), row("\"a\n\"\"b\"\"\nc\"", "2")].concat();
    assert_eq!(bill_log("log.csv", &log, &[])["priced"]["images"], 3);
}

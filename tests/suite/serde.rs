//! What serde writes and reads.
#![cfg(feature = "serde")]

use dreamstudio_pricing::{Client, Credits, Table, Usd, sdxl};
use serde_json::{from_str, to_string};

#[test]
fn values_are_written_as_a_person_would() {
    let credits: Credits = "0.50".parse().unwrap();
    assert_eq!(to_string(&credits).unwrap(), r#""0.5""#);
    let usd: Usd = "10.0025".parse().unwrap();
    assert_eq!(to_string(&usd).unwrap(), r#""10.0025""#);
    assert_eq!(to_string(&Table::Sdxl).unwrap(), r#""sdxl""#);
    assert_eq!(to_string(&Client::DreamStudio).unwrap(), r#""DreamStudio""#);
    assert_eq!(to_string(&sdxl::Size::S512x768).unwrap(), r#""512x768""#);
    assert_eq!(to_string(&sdxl::Steps::N30).unwrap(), "30");
}

#[test]
fn everything_goes_round() {
    for text in ["0", "0.0001", "1.21", "1000"] {
        let credits: Credits = text.parse().unwrap();
        assert_eq!(from_str::<Credits>(&to_string(&credits).unwrap()).unwrap(), credits);
        assert_eq!(from_str::<Usd>(&to_string(&credits.usd()).unwrap()).unwrap(), credits.usd());
    }
    for &table in Table::ALL {
        assert_eq!(from_str::<Table>(&to_string(&table).unwrap()).unwrap(), table);
    }
    for &client in Client::ALL {
        assert_eq!(from_str::<Client>(&to_string(&client).unwrap()).unwrap(), client);
    }
    for &size in sdxl::Size::ALL {
        assert_eq!(from_str::<sdxl::Size>(&to_string(&size).unwrap()).unwrap(), size);
    }
    for &steps in sdxl::Steps::ALL {
        assert_eq!(from_str::<sdxl::Steps>(&to_string(&steps).unwrap()).unwrap(), steps);
    }
}

/// What is shown cut is compared whole.
#[test]
fn long_texts_are_not_taken_for_others() {
    let long = "a".repeat(70);
    assert!(from_str::<Table>(&format!("\"{long}\"")).is_err());
    for &size in sdxl::Size::ALL {
        assert!(from_str::<sdxl::Size>(&format!("\"{size}{long}\"")).is_err());
        assert!(from_str::<sdxl::Size>(&format!("\"{}\"", &size.to_string()[1..])).is_err());
    }
}

#[test]
fn what_is_refused_is_told() {
    let amounts = [
        from_str::<Credits>("0.25").unwrap_err(),
        from_str::<Credits>(r#""1e3""#).unwrap_err(),
        from_str::<Usd>(r#""-1""#).unwrap_err(),
    ];
    insta::assert_snapshot!(amounts.map(|error| error.to_string()).join("\n"));
    // These name all that would have been taken.
    let listed = [
        (from_str::<Table>(r#""no table""#).unwrap_err(), "`no table` is not one of "),
        (from_str::<Client>("1").unwrap_err(), "invalid type: integer `1`, expected one of "),
        (from_str::<sdxl::Size>(r#""0512x512""#).unwrap_err(), "`0512x512` is not one of "),
        (from_str::<sdxl::Steps>("0").unwrap_err(), "0 is not one of "),
        (from_str::<sdxl::Steps>("-30").unwrap_err(), "invalid value: integer `-30`, "),
        (from_str::<sdxl::Steps>(r#""30""#).unwrap_err(), "invalid type: string \"30\", "),
    ];
    for (error, start) in listed {
        assert!(error.to_string().starts_with(start), "{error}");
    }
}

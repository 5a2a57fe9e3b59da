//! What the price page says of itself, worked out from its tables. Where one of these fails, either a table is wrong or
//! the page says something else now, which is then to be written here.

use dreamstudio_pricing::billing::{self, SIGN_UP_GRANT};
use dreamstudio_pricing::{Client, Credits, Table, Usd};

/// The images that the grant pays for at a client's defaults.
fn granted_images(table: Table, client: Client) -> Option<u64> {
    let defaults = client.defaults();
    let price = table.price(defaults.width, defaults.height, defaults.steps).unwrap();
    SIGN_UP_GRANT.images_at(price)
}

#[test]
fn the_grant_is_25_credits() {
    assert_eq!(SIGN_UP_GRANT, "25".parse::<Credits>().unwrap());
}

#[test]
fn the_grant_is_30_images_at_the_defaults_of_dreamstudio() {
    assert_eq!(granted_images(Table::Sdxl, Client::DreamStudio), Some(30), "the page says 30 images");
}

#[test]
fn the_grant_is_50_images_at_the_defaults_of_the_api() {
    assert_eq!(granted_images(Table::Sdxl, Client::Api), Some(50), "the page says 50 images");
}

#[test]
fn dollars_buy_a_hundred_times_their_number_in_credits() {
    for (usd, credits) in [("10", "1000"), ("25.50", "2550")] {
        let (usd, credits): (Usd, Credits) = (usd.parse().unwrap(), credits.parse().unwrap());
        assert_eq!(billing::purchase(usd), Ok(credits));
        assert_eq!(credits.usd(), usd);
    }
}

#[test]
fn less_than_the_minimum_buys_nothing() {
    let error = billing::purchase("9.99".parse().unwrap()).unwrap_err();
    assert_eq!(error.amount().to_string(), "9.99");
    assert_eq!(error.to_string(), "$9.99 buys no credits: the smallest purchase is $10");
}

#[test]
fn sizes_are_as_published() {
    assert!(Table::Standard.price(512, 768, 30).is_ok());
    assert!(Table::Standard.price(768, 512, 30).unwrap_err().has_size_turned());
}

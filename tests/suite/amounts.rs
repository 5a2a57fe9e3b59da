//! Amounts are exact: held against `Decimal`, which is.
#![cfg(feature = "rust_decimal")]

use dreamstudio_pricing::billing::{MINIMUM_PURCHASE, purchase};
use dreamstudio_pricing::{AmountError, Credits, Usd};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

/// A property of both kinds of amount, which are made by one macro, but hold different units.
macro_rules! both {
    ($name:ident, $Amount:ident) => {
        mod $name {
            use super::*;

            type Amount = dreamstudio_pricing::$Amount;
            const DECIMALS: u32 = Amount::DECIMALS;

            fn amounts() -> impl Strategy<Value = Amount> {
                let any = 0..=Amount::MAX.units();
                let small = 0..1_000_000_u64;
                prop_oneof![any, small].prop_map(|units| Amount::from_units(units).unwrap())
            }

            proptest! {
                #![proptest_config(config())]

                #[test]
                fn text_goes_round(amount in amounts()) {
                    prop_assert_eq!(amount.to_string().parse(), Ok(amount));
                    prop_assert_eq!(Amount::from_units(amount.units()), Some(amount));
                }

                #[test]
                fn decimals_go_round(amount in amounts()) {
                    let decimal = Decimal::from(amount);
                    prop_assert_eq!(decimal.to_string(), amount.to_string());
                    prop_assert_eq!(Amount::try_from(decimal), Ok(amount));
                }

                #[test]
                fn arithmetic_is_that_of_decimals(a in amounts(), b in amounts(), count in 0..10_000_u64) {
                    let (x, y) = (Decimal::from(a), Decimal::from(b));
                    prop_assert_eq!(a.checked_add(b), Amount::try_from(x + y).ok());
                    prop_assert_eq!(a.checked_sub(b), Amount::try_from(x - y).ok());
                    prop_assert_eq!(a.checked_mul(count), Amount::try_from(x * Decimal::from(count)).ok());
                    prop_assert_eq!(a.cmp(&b), x.cmp(&y));
                    let images = (!y.is_zero()).then(|| (x / y).floor().to_string());
                    prop_assert_eq!(a.images_at(b).map(|images| images.to_string()), images);
                }

                #[test]
                fn operators_are_the_checked_functions(a in amounts(), b in amounts(), count in 0..3_u64) {
                    let panics = |f: &dyn Fn() -> Amount| std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).ok();
                    let plain = [panics(&|| a + b), panics(&|| a - b), panics(&|| a * count), panics(&|| [a, b].iter().sum())];
                    prop_assert_eq!(plain, [a.checked_add(b), a.checked_sub(b), a.checked_mul(count), a.checked_add(b)]);
                }

                #[test]
                fn a_precision_rounds_half_up(amount in amounts(), precision in 0..40_usize) {
                    let places = u32::try_from(precision).unwrap().min(DECIMALS);
                    let rounding = RoundingStrategy::MidpointAwayFromZero;
                    let mut rounded = Decimal::from(amount).round_dp_with_strategy(places, rounding);
                    rounded.rescale(places);
                    let zeros = "0".repeat(precision - places as usize);
                    prop_assert_eq!(format!("{amount:.precision$}"), format!("{rounded}{zeros}"));
                }

                #[test]
                fn a_width_is_that_of_text(amount in amounts(), width in 0..60_usize) {
                    let text = format!("{amount:.2}");
                    prop_assert_eq!(format!("{amount:>width$.2}"), format!("{text:>width$}"));
                    prop_assert_eq!(format!("{amount:width$.2}"), format!("{text:>width$}"));
                    prop_assert_eq!(format!("{amount:*<width$.2}"), format!("{text:*<width$}"));
                    prop_assert_eq!(format!("{amount:é^width$.2}"), format!("{text:é^width$}"));
                    prop_assert_eq!(format!("{amount:0width$.2}"), format!("{text:0>width$}"));
                    prop_assert_eq!(format!("{amount:+.2}"), format!("+{text}"));
                }

                #[test]
                fn any_text_is_an_exact_amount_or_an_error(text in "[0-9]{0,22}\\.?[0-9]{0,12}") {
                    let plain = !text.starts_with('.') && !text.ends_with('.') && !text.is_empty();
                    let exact = Decimal::from_str_exact(&text).ok().and_then(|decimal| Amount::try_from(decimal).ok());
                    prop_assert_eq!(text.parse::<Amount>().ok(), exact.filter(|_| plain));
                }

                #[test]
                fn no_text_and_no_decimal_makes_it_panic(text: String, mantissa in -(1_i128 << 95)..1 << 95, scale in 0..=28_u32) {
                    let _ = text.parse::<Amount>();
                    let decimal = Decimal::from_i128_with_scale(mantissa, scale);
                    if let Ok(amount) = Amount::try_from(decimal) {
                        prop_assert_eq!(Decimal::from(amount), decimal);
                    }
                }
            }

            #[test]
            fn the_largest_amount_is_the_last() {
                assert_eq!(Amount::MAX.to_string().parse(), Ok(Amount::MAX));
                assert_eq!(Amount::try_from(Decimal::from(Amount::MAX)), Ok(Amount::MAX));
                assert_eq!(Amount::MAX.units().checked_add(1).and_then(Amount::from_units), None);
                assert_eq!(Amount::MAX.checked_add(Amount::from_units(1).unwrap()), None);
                let more = Decimal::from(Amount::MAX) + Decimal::new(1, DECIMALS);
                assert!(more.to_string().parse::<Amount>().is_err());
                assert!(Amount::try_from(more).is_err());
            }
        }
    };
}

both!(credits, Credits);
both!(usd, Usd);

/// A failure names its values; a file of them would be one more to look after.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn dollars_of_credits_are_exact(units in 0..=Credits::MAX.units()) {
        let credits = Credits::from_units(units).unwrap();
        let one = Credits::parse("1").unwrap().usd();
        prop_assert_eq!(Decimal::from(credits.usd()), Decimal::from(credits) * Decimal::from(one));
    }

    #[test]
    fn a_purchase_gives_all_credits_that_were_paid_for(units in MINIMUM_PURCHASE.units()..=Usd::MAX.units()) {
        let paid = Usd::from_units(units).unwrap();
        let credits = purchase(paid).unwrap();
        prop_assert!(credits.usd() <= paid);
        let more = Credits::from_units(credits.units() + 1);
        prop_assert!(more.is_none_or(|more| more.usd() > paid));
    }
}

#[test]
fn every_digit_is_shown_and_no_superfluous_zero() {
    let shown = |text: &str| text.parse::<Credits>().map(|amount| amount.to_string());
    for (text, wanted) in [("0", "0"), ("0.5", "0.5"), ("0.50", "0.5"), ("10", "10"), ("1.2100", "1.21"), ("007", "7")]
    {
        assert_eq!(shown(text).as_deref(), Ok(wanted), "{text}");
    }
    assert_eq!(format!("{:?}", Credits::parse("0.25").unwrap()), "Credits(0.25)");
}

#[test]
fn what_is_no_amount_is_told() {
    let texts = [
        "",
        ".5",
        "5.",
        "1e3",
        "+1",
        "-1",
        "1_000",
        "$1",
        " 1",
        "٣",
        "0.00001",
        "1844674407370955.1616",
        "0.25 credits",
    ];
    let texts = texts.map(|text| text.parse::<Credits>().unwrap_err());
    let decimals =
        [Decimal::new(-1, 0), Decimal::new(1, 28), Decimal::MAX].map(|decimal| Usd::try_from(decimal).unwrap_err());
    let messages: Vec<String> = texts.iter().chain(&decimals).map(AmountError::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

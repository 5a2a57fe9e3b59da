//! The version of the command, and the edition of its prices.

use std::sync::LazyLock;

use dreamstudio_pricing::EDITION;

/// The version of the command, such as `0.1.0`.
pub(crate) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What `dreamprice --version` says.
pub(crate) static VERSION: LazyLock<String> = LazyLock::new(|| with_edition(EDITION));

/// For example `0.1.0 (edition 2023-06-22+0123456789abcdef)`.
pub(crate) fn with_edition(edition: &str) -> String {
    format!("{PROGRAM} (edition {edition})")
}

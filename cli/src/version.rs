//! What `dreamprice --version` says: the command's version, and the edition of its prices.

use std::sync::LazyLock;

use dreamstudio_pricing::EDITION;

/// For example `0.1.0 (edition 2023-06-22+0123456789abcdef)`.
pub(crate) static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{} (edition {EDITION})", env!("CARGO_PKG_VERSION")));

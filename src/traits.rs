//! The traits of the generated enums.

/// Gives a generated `Size` the traits that each of them has.
macro_rules! size {
    ($Size:ty) => {
        /// As in the header of a table: `512x768`.
        impl ::core::fmt::Display for $Size {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let pixels = $crate::text::Pixels(self.width(), self.height());
                f.pad($crate::text::Excerpt::of(pixels).as_str())
            }
        }

        $crate::traits::ordered!($Size, "By width, then by height.", |size| (size.width(), size.height()));

        $crate::traits::text!($Size);
    };
}
pub(crate) use size;

/// Gives a generated `Steps` the traits that each of them has.
macro_rules! steps {
    ($Steps:ty) => {
        /// The number alone.
        impl ::core::fmt::Display for $Steps {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                self.get().fmt(f)
            }
        }

        $crate::traits::ordered!($Steps, "By the number of steps.", |steps| steps.get());

        /// As the number.
        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl ::serde_core::Serialize for $Steps {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u32(self.get())
            }
        }

        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl<'de> ::serde_core::Deserialize<'de> for $Steps {
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let count = u32::deserialize(deserializer)?;
                Self::new(count).ok_or_else(|| $crate::serde::unlisted(count, Self::ALL))
            }
        }
    };
}
pub(crate) use steps;

/// Gives a generated enum with a name the traits that each of them has.
macro_rules! named {
    ($Enum:ty) => {
        /// The name.
        impl ::core::fmt::Display for $Enum {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.name())
            }
        }

        $crate::traits::ordered!($Enum, "By name.", |value| value.name());

        $crate::traits::text!($Enum);
    };
}
pub(crate) use named;

/// Orders an enum by what is worked out of its values, whatever the order of its variants.
macro_rules! ordered {
    ($Enum:ty, $docs:literal, |$value:ident| $key:expr) => {
        #[doc = $docs]
        impl Ord for $Enum {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                let key = |$value: &Self| $key;
                key(self).cmp(&key(other))
            }
        }

        impl PartialOrd for $Enum {
            fn partial_cmp(&self, other: &Self) -> Option<::core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
    };
}
pub(crate) use ordered;

/// Lets an enum with `ALL` and `Display` through serde as its text.
macro_rules! text {
    ($Enum:ty) => {
        /// As its text.
        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl ::serde_core::Serialize for $Enum {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl<'de> ::serde_core::Deserialize<'de> for $Enum {
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::serde::OneOf(Self::ALL))
            }
        }
    };
}
pub(crate) use text;

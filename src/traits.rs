//! The traits of the generated enums. Each enum lists its values in `ALL`, and its `FromStr` reads what its `Display`
//! writes.

/// Implements methods and traits for the generated `Size` of `$module`.
macro_rules! size {
    ($module:ident) => {
        impl Size {
            /// Returns the size of this width and height, in pixels, or `None` if the table has no such column.
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($module), "::Size;")]
            ///
            /// for &size in Size::ALL {
            ///     assert_eq!(Size::new(size.width(), size.height()), Some(size));
            /// }
            /// assert_eq!(Size::new(0, 0), None);
            /// ```
            #[inline]
            #[must_use]
            pub const fn new(width: u32, height: u32) -> Option<Self> {
                let (slot, is_found) = Self::INDEX.slot($crate::lookup::size_key(width, height));
                if is_found { Some(Self::BY_SLOT[slot]) } else { None }
            }

            /// Returns the width, in pixels.
            #[inline]
            #[must_use]
            pub const fn width(self) -> u32 {
                self.sides().0
            }

            /// Returns the height, in pixels.
            #[inline]
            #[must_use]
            pub const fn height(self) -> u32 {
                self.sides().1
            }

            /// Returns the number of pixels: width times height.
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($module), "::Size;")]
            ///
            /// let largest = Size::ALL.iter().max_by_key(|size| size.pixels());
            /// println!("the largest size is {}", largest.expect("a table has sizes"));
            /// ```
            #[inline]
            #[must_use]
            pub const fn pixels(self) -> u64 {
                self.width() as u64 * self.height() as u64
            }

            const fn key(self) -> u64 {
                $crate::lookup::size_key(self.width(), self.height())
            }
        }

        /// Formats as in the header of a table: `512x768`.
        impl ::core::fmt::Display for Size {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::ImageSize::from(*self).fmt(f)
            }
        }

        /// Parses the form in the header of a table: `512x768`.
        impl ::core::str::FromStr for Size {
            type Err = $crate::UnknownSize;

            #[inline]
            fn from_str(text: &str) -> Result<Self, $crate::UnknownSize> {
                let size = $crate::ImageSize::parse(text).ok().and_then(|size| Self::new(size.width, size.height));
                size.ok_or($crate::UnknownSize { table: TABLE, size: $crate::text::Excerpt::new(text) })
            }
        }

        /// Converts from width and height, in pixels.
        impl TryFrom<(u32, u32)> for Size {
            type Error = $crate::UnknownSize;

            #[inline]
            fn try_from((width, height): (u32, u32)) -> Result<Self, $crate::UnknownSize> {
                Self::new(width, height).ok_or_else(|| {
                    let size = $crate::text::Excerpt::of($crate::ImageSize { width, height });
                    $crate::UnknownSize { table: TABLE, size }
                })
            }
        }

        /// Converts to a size of any table.
        impl From<Size> for $crate::ImageSize {
            #[inline]
            fn from(size: Size) -> Self {
                Self { width: size.width(), height: size.height() }
            }
        }

        /// Converts to width and height, in pixels.
        impl From<Size> for (u32, u32) {
            #[inline]
            fn from(size: Size) -> Self {
                (size.width(), size.height())
            }
        }

        $crate::traits::ordered!(Size, "Orders by pixels, then by width.", |size| (size.pixels(), size.width()));

        $crate::traits::text!(Size, "a size as a string, such as \"512x768\"");
    };
}
pub(crate) use size;

/// Implements methods and traits for the generated `Steps` of `$module`.
macro_rules! steps {
    ($module:ident) => {
        impl Steps {
            /// Returns the step count of this number, or `None` if the table has no such row.
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($module), "::Steps;")]
            ///
            /// for &steps in Steps::ALL {
            ///     assert_eq!(Steps::new(steps.get()), Some(steps));
            /// }
            /// assert_eq!(Steps::new(0), None);
            /// ```
            #[inline]
            #[must_use]
            pub const fn new(count: u32) -> Option<Self> {
                let (slot, is_found) = Self::INDEX.slot(count as u64);
                if is_found { Some(Self::BY_SLOT[slot]) } else { None }
            }

            const fn key(self) -> u64 {
                self.get() as u64
            }
        }

        /// Formats just the number.
        impl ::core::fmt::Display for Steps {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                self.get().fmt(f)
            }
        }

        /// Parses just the number.
        impl ::core::str::FromStr for Steps {
            type Err = $crate::UnknownSteps;

            #[inline]
            fn from_str(text: &str) -> Result<Self, $crate::UnknownSteps> {
                let steps = $crate::text::parse_whole(text).and_then(|count| Self::new(count.try_into().ok()?));
                steps.ok_or($crate::UnknownSteps { table: TABLE, steps: $crate::text::Excerpt::new(text) })
            }
        }

        impl TryFrom<u32> for Steps {
            type Error = $crate::UnknownSteps;

            #[inline]
            fn try_from(count: u32) -> Result<Self, $crate::UnknownSteps> {
                Self::new(count)
                    .ok_or_else(|| $crate::UnknownSteps { table: TABLE, steps: $crate::text::Excerpt::of(count) })
            }
        }

        impl From<Steps> for u32 {
            #[inline]
            fn from(steps: Steps) -> Self {
                steps.get()
            }
        }

        $crate::traits::ordered!(Steps, "Orders by the number of steps.", |steps| steps.get());

        /// Serializes as the number.
        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl ::serde_core::Serialize for Steps {
            #[inline]
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u32(self.get())
            }
        }

        /// Deserializes from the number, or in a human-readable format from a string of its digits.
        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl<'de> ::serde_core::Deserialize<'de> for Steps {
            #[inline]
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let $crate::serde::Whole::<u32>(count) = ::serde_core::Deserialize::deserialize(deserializer)?;
                Self::try_from(count).map_err(<D::Error as ::serde_core::de::Error>::custom)
            }
        }
    };
}
pub(crate) use steps;

/// Implements the traits of a generated enum with names, apart from its `FromStr`. `$expected` is what serde expects.
macro_rules! named {
    ($Enum:ty, $expected:literal) => {
        /// Formats as the name.
        impl ::core::fmt::Display for $Enum {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.name())
            }
        }

        $crate::traits::ordered!($Enum, "Orders by name.", |value| value.name());

        $crate::traits::text!($Enum, $expected);
    };
}
pub(crate) use named;

/// Orders an enum by a key, and not by the order of its variants.
macro_rules! ordered {
    ($Enum:ty, $docs:literal, |$value:ident| $key:expr) => {
        #[doc = $docs]
        impl Ord for $Enum {
            #[inline]
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                let key = |$value: &Self| $key;
                key(self).cmp(&key(other))
            }
        }

        impl PartialOrd for $Enum {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<::core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
    };
}
pub(crate) use ordered;

/// Implements serde for an enum: with its `Display` to serialize and its `FromStr` to deserialize.
macro_rules! text {
    ($Enum:ty, $expected:literal) => {
        /// Serializes as a string.
        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl ::serde_core::Serialize for $Enum {
            #[inline]
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        /// Deserializes from a string.
        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl<'de> ::serde_core::Deserialize<'de> for $Enum {
            #[inline]
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::serde::Text::new($expected))
            }
        }
    };
}
pub(crate) use text;

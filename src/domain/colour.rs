//! The organisation's colour, and what becomes of it so that it can be read (WCAG 2.2 §1.4.3, §1.4.11).

use std::fmt;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// The colour of these channels.
    pub const fn of(red: u8, green: u8, blue: u8) -> Colour {
        Colour([red, green, blue])
    }

    /// The colour of `#rrggbb`.
    pub fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Colour([red, green, blue]))
    }

    /// The contrast with `other`, from 1 to 21 (WCAG 2.2, contrast ratio).
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// What can be read on this colour: white, or black where that is plainer.
    pub fn ink(self) -> Colour {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    /// How it is seen on all of `grounds`: where something may be clicked, and what is written on that.
    pub fn shade_on(self, grounds: [Colour; 2]) -> Shade {
        let link = self.readable_on(grounds);
        Shade { link, ink: link.ink() }
    }

    /// This colour, made darker or lighter until it can be read on all of `grounds`.
    fn readable_on(self, grounds: [Colour; 2]) -> Colour {
        let towards = grounds[0].ink();
        let mixed = (0..=STEPS).map(|step| self.mixed(towards, step));
        mixed.into_iter().find(|colour| grounds.iter().all(|ground| colour.contrast(*ground) >= READABLE)).unwrap_or(towards)
    }

    /// `step` of [`STEPS`] on the way to `other`.
    fn mixed(self, other: Colour, step: u32) -> Colour {
        let mut mixed = self.0;
        for (own, its) in mixed.iter_mut().zip(other.0) {
            let sum = u32::from(*own) * (STEPS - step) + u32::from(its) * step;
            *own = u8::try_from(sum / STEPS).unwrap_or(u8::MAX);
        }
        Colour(mixed)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

/// A colour as it is seen on one kind of ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shade {
    /// Of links, and of buttons.
    pub link: Colour,
    /// Of what is written on buttons.
    pub ink: Colour,
}

impl Default for Colour {
    /// Where an organisation has named none.
    fn default() -> Colour {
        Colour::of(0x1f, 0x5f, 0x78)
    }
}

impl fmt::Display for Colour {
    /// As stylesheets write it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

const WHITE: Colour = Colour([255; 3]);

const BLACK: Colour = Colour([0; 3]);

/// The contrast of text that is read with ease: more than the 4.5 of WCAG 2.2 §1.4.3, level AA.
const READABLE: f64 = 6.0;

/// Steps from one colour to another.
const STEPS: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn colours_are_read_and_written() {
        for text in ["#000000", "#ffffff", "#12aBef"] {
            assert_eq!(colour(text).to_string(), text.to_ascii_lowercase());
        }
        for text in ["", "#fff", "123456", "#12345g", "#1234567", "red", "#+12345"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((WHITE.contrast(BLACK) - 21.0).abs() < 1e-9);
        assert!((colour("#767676").contrast(WHITE) - 4.54).abs() < 0.01);
        assert!((WHITE.contrast(WHITE) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn any_colour_becomes_readable() {
        let light = [colour("#ffffff"), colour("#f4f5f7")];
        let dark = [colour("#1b1e24"), colour("#101216")];
        for text in ["#000000", "#ffffff", "#ffff00", "#777777", "#ff0000", "#0000ff", "#1f5c7a", "#00ff88"] {
            for grounds in [light, dark] {
                let readable = colour(text).readable_on(grounds);
                assert!(grounds.iter().all(|ground| readable.contrast(*ground) >= READABLE), "{text} becomes {readable:?}");
            }
            assert!(colour(text).contrast(colour(text).ink()) >= 4.5, "{text}");
        }
        assert_eq!(colour("#1f5c7a").readable_on(light), colour("#1f5c7a"), "what is readable is left alone");
    }
}

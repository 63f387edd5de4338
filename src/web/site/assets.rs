//! What pages are made of beside their HTML: stylesheet, script, pictures. Each has the digest of its content in its name,
//! so that browsers may keep it.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::domain::colour::{Colour, Shade};

/// A file with its place.
#[derive(Clone, Debug)]
pub struct Asset {
    /// `/style-0123456789abcdef.css`
    pub path: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Assets {
    /// How pages look.
    pub style: Asset,
    /// A little comfort; the pages do without.
    pub script: Asset,
    /// The picture of the browser's tab.
    pub icon: Asset,
    /// The organisation's picture.
    pub logo: Option<Asset>,
}

impl Assets {
    /// With the organisation's colour and picture (content type and bytes).
    pub fn new(colour: Colour, logo: Option<&(&'static str, Vec<u8>)>) -> Assets {
        let style = format!("{}{}", palette(colour), include_str!("../assets/style.css"));
        let icon = include_str!("../assets/icon.svg").replace("ACCENT", &colour.to_string()).replace("INK", &colour.ink().to_string());
        Assets {
            style: Asset::new("style", "css", "text/css; charset=utf-8", style.into_bytes()),
            script: Asset::new("comfort", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/comfort.js").to_vec()),
            icon: Asset::new("icon", "svg", "image/svg+xml", icon.into_bytes()),
            logo: logo.map(|(kind, bytes)| Asset::new("logo", extension(kind), kind, bytes.clone())),
        }
    }

    /// Each of them.
    pub fn all(&self) -> impl Iterator<Item = &Asset> {
        [&self.style, &self.script, &self.icon].into_iter().chain(&self.logo)
    }
}

impl Asset {
    fn new(name: &str, extension: &str, kind: &'static str, bytes: Vec<u8>) -> Asset {
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let digest: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Asset { path: format!("/{name}-{digest}.{extension}"), kind, bytes }
    }

    /// The file as it is served.
    pub fn serve(&self) -> Response {
        ([(header::CONTENT_TYPE, self.kind), (header::CACHE_CONTROL, FOR_A_YEAR)], self.bytes.clone()).into_response()
    }
}

/// The variables of the stylesheet that follow from the organisation's colour.
fn palette(colour: Colour) -> String {
    let variables = |grounds: [Colour; 2]| {
        let ([surface, ground], Shade { link, ink }) = (grounds, colour.shade_on(grounds));
        format!(":root{{--link:{link};--button:{link};--on-button:{ink};--surface:{surface};--ground:{ground}}}")
    };
    format!("{}\n@media (prefers-color-scheme:dark){{{}}}\n", variables(LIGHT), variables(DARK))
}

fn extension(kind: &str) -> &'static str {
    match kind {
        "image/svg+xml" => "svg",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        _ => "png",
    }
}

/// The grounds of light pages: what text stands on, and what lies around it.
const LIGHT: [Colour; 2] = [Colour::of(0xff, 0xff, 0xff), Colour::of(0xf3, 0xf4, 0xf6)];

/// The grounds of dark pages.
const DARK: [Colour; 2] = [Colour::of(0x1c, 0x20, 0x27), Colour::of(0x12, 0x15, 0x19)];

/// The name changes with the content.
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_follows_the_content() {
        let plain = Assets::new(Colour::default(), None);
        let red = Assets::new(Colour::of(0x99, 0, 0), Some(&("image/png", vec![1, 2, 3])));
        assert_ne!(plain.style.path, red.style.path);
        assert_eq!(plain.script.path, red.script.path);
        assert!(plain.logo.is_none());
        assert!(red.logo.unwrap().path.ends_with(".png"));
        assert!(String::from_utf8(red.style.bytes).unwrap().contains("--link:#990000"));
    }

    #[test]
    fn a_page_with_all_it_needs_is_small() {
        let assets = Assets::new(Colour::default(), None);
        let bytes: usize = assets.all().map(|asset| asset.bytes.len()).sum();
        assert!(bytes < 20_000, "{bytes} bytes");
    }
}

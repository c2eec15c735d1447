//! Photographs inside the page.

use crate::files::path_text;
use crate::photographs::photo;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Larger files are not put into the page as they are.
const LARGEST: u64 = 64 * 1024;

/// Makes a picture of a photograph whose longer side has at most so many pixels: PNG or JPEG bytes, `None` if it cannot.
pub type Thumbnail<'a> = &'a (dyn Fn(&Path, u32) -> Option<Vec<u8>> + Sync);

/// The longer side of a picture inside the page, in pixels.
const SIDE: u32 = 240;

/// Where a page gets its photographs.
#[derive(Clone, Copy, Default)]
pub struct Photographs<'a> {
    /// Folder that the image names start from; without, none is shown.
    pub folder: Option<&'a Path>,
    /// How to make small pictures; without, photographs that are small already are shown.
    pub thumbnail: Option<Thumbnail<'a>>,
    /// Images that must not be shown, because their licence does not allow it.
    pub hidden: Option<&'a HashSet<String>>,
}

impl Photographs<'_> {
    /// The `data:` address of an image; `None` where its file cannot be found, or not be shown.
    pub(super) fn address(&self, image: &str) -> Option<String> {
        let bytes = self.made(&self.path(image)?, SIDE)?;
        Some(format!("data:{};base64,{}", media_type(&bytes)?, base64(&bytes)))
    }

    /// The JPEG of an image, for a file beside the page; `None` where its photograph cannot be found, read, or shown.
    pub(super) fn picture(&self, image: &str, side: u32) -> Option<Vec<u8>> {
        let path = self.path(image)?;
        let bytes = self.made(&path, side)?;
        // All such files have one ending.
        if media_type(&bytes) == Some("image/jpeg") { Some(bytes) } else { photo::thumbnail(&path, side) }
    }

    /// The file of an image that may be shown.
    fn path(&self, image: &str) -> Option<PathBuf> {
        if self.hidden.is_some_and(|hidden| hidden.contains(image)) {
            return None;
        }
        find(self.folder?, image)
    }

    fn made(&self, path: &Path, side: u32) -> Option<Vec<u8>> {
        match self.thumbnail {
            Some(thumbnail) => thumbnail(path, side),
            None => small_file(path),
        }
    }
}

/// The longest name that is looked for, in bytes: no system has longer paths.
const LONGEST_NAME: usize = 4096;

/// The file of an image name: below the folder, or below it without the name's leading folders. A link that
/// leads out of the folder is none: what lies elsewhere gets on no page.
fn find(folder: &Path, image: &str) -> Option<PathBuf> {
    if image.len() > LONGEST_NAME {
        return None;
    }
    let whole = folder.canonicalize().ok()?;
    let is_inside = |path: &PathBuf| path.canonicalize().is_ok_and(|path| path.starts_with(&whole));
    let name = image.replace('\\', "/");
    let steps: Vec<&str> = name.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    if steps.contains(&"..") {
        return None;
    }
    (0..steps.len())
        .map(|first| path_text::below(folder, &steps[first..].join("/")))
        .find(|path| path.is_file() && is_inside(path))
}

fn small_file(path: &Path) -> Option<Vec<u8>> {
    let size = std::fs::metadata(path).ok()?.len();
    if size > LARGEST { None } else { std::fs::read(path).ok() }
}

/// The type by the first bytes; `None` for what browsers do not show.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// RFC 4648, with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn base64_matches_the_vectors_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn pictures_are_jpegs_of_what_may_be_shown() {
        let folder = tempfile::tempdir().unwrap();
        let photograph = image::RgbImage::from_pixel(64, 32, image::Rgb([200, 100, 50]));
        photograph.save(folder.path().join("a.png")).unwrap();
        photograph.save(folder.path().join("b.png")).unwrap();
        std::fs::write(folder.path().join("c.png"), "no picture").unwrap();
        let hidden = HashSet::from(["b.png".to_string()]);
        let small = Photographs { folder: Some(folder.path()), thumbnail: None, hidden: Some(&hidden) };
        for photographs in [small, Photographs { thumbnail: Some(&photo::thumbnail), ..small }] {
            let picture = photographs.picture("a.png", 16).unwrap();
            assert_eq!(media_type(&picture), Some("image/jpeg"));
            let picture = image::load_from_memory(&picture).unwrap();
            assert_eq!((picture.width(), picture.height()), (16, 8));
            for image in ["b.png", "c.png", "d.png", "../a.png"] {
                assert_eq!(photographs.picture(image, 16), None, "{image}");
            }
        }
        assert!(small.address("a.png").unwrap().starts_with("data:image/png;base64,"));
        assert_eq!(small.address("b.png"), None);
    }

    #[test]
    fn an_image_is_found_below_the_folder_only() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join("a/b.png"), b"x").unwrap();
        let found = Some(folder.path().join("a/b.png"));
        assert_eq!(find(folder.path(), "a/b.png"), found);
        assert_eq!(find(folder.path(), "/data/photos/a/b.png"), found);
        assert_eq!(find(folder.path(), "C:\\photos\\a\\b.png"), found);
        assert_eq!(find(&folder.path().join("a"), "../a/b.png"), None);
        assert_eq!(find(folder.path(), "c.png"), None);
        assert_eq!(find(folder.path(), &"a/".repeat(100_000)), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_image_whose_name_is_no_text_is_found_by_its_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.png"));
        std::fs::write(&path, b"x").unwrap();
        assert_eq!(find(folder.path(), "photos/caf%E9.png"), Some(path.clone()));
        assert_eq!(find(folder.path(), "photos/caf%E8.png"), None);
        // A folder of this very name is not there, and none above is meant by it.
        assert_eq!(find(folder.path(), "%2E%2E/caf%E9.png"), Some(path));
        assert_eq!(find(&folder.path().join("below"), "%2E%2E/caf%E9.png"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_not_shown() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(elsewhere.path().join("secret.png"), b"x").unwrap();
        std::fs::write(folder.path().join("own.png"), b"x").unwrap();
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
        link(&elsewhere.path().join("secret.png"), "a.png");
        link(elsewhere.path(), "folder");
        link(Path::new("own.png"), "b.png");
        link(Path::new("loop.png"), "loop.png");
        assert_eq!(find(folder.path(), "a.png"), None);
        assert_eq!(find(folder.path(), "folder/secret.png"), None);
        assert_eq!(find(folder.path(), "loop.png"), None);
        assert_eq!(find(folder.path(), "b.png"), Some(folder.path().join("b.png")));
    }
}

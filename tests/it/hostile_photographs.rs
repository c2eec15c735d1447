//! Photographs that announce more than they hold, and folders with what is no photograph at all.

use nearmiss::photographs::dataset::{Dataset, ManifestOptions, View};
use nearmiss::photographs::photo::{Orientation, Photo};
use std::fs;
use std::path::Path;
use std::time::Instant;

fn refused(bytes: &[u8]) -> (&'static str, String) {
    let start = Instant::now();
    let error = Photo::from_bytes(bytes, Orientation::Upright).unwrap_err();
    assert!(start.elapsed().as_secs() < 5, "{error}");
    (error.code(), error.to_string())
}

/// A JPEG of one grey component: frame header, a Huffman table of one code (0: nothing) each, and scans.
fn grey_jpeg(process: u8, width: u16, height: u16, scans: &[[u8; 3]]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    bytes.extend([1; 64]);
    bytes.extend([0xff, process, 0, 11, 8]);
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0]);
    for class in [0x00, 0x10] {
        bytes.extend([0xff, 0xc4, 0, 20, class, 1]);
        bytes.extend([0; 15]);
        bytes.push(0);
    }
    for bounds in scans {
        bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0]);
        bytes.extend(bounds);
        bytes.extend([0; 16]);
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

#[test]
fn a_jpeg_of_more_blocks_than_bits_is_refused() {
    let scans = [[&[0, 0, 0]; 1].as_slice(), &[&[1, 63, 0]; 399]].concat();
    let scans: Vec<[u8; 3]> = scans.into_iter().copied().collect();
    let bytes = grey_jpeg(0xc2, 13_000, 13_000, &scans);
    assert!(bytes.len() < 12_000);
    let (code, sentence) = refused(&bytes);
    assert_eq!(code, "corrupt");
    assert!(sentence.contains(&format!("its {} bytes are too few for 13000 × 13000 pixels", bytes.len())), "{sentence}");
    assert_eq!(refused(&grey_jpeg(0xc0, 13_000, 13_000, &[[0, 63, 0]])).0, "corrupt");
}

#[test]
fn the_scans_of_a_jpeg_pass_over_it_64_times() {
    // 512 × 512 blocks take 32 KiB at least: here they do.
    let script = |times: usize| -> Vec<u8> {
        let scans: Vec<[u8; 3]> = std::iter::once([0, 0, 0]).chain((1..times).map(|_| [1, 63, 0])).collect();
        let mut bytes = grey_jpeg(0xc2, 4096, 4096, &scans);
        // A comment fills up the length.
        let comment = [vec![0xff, 0xfe, 0xff, 0xff], vec![0; 65_533]].concat();
        bytes.splice(2..2, comment);
        bytes
    };
    let (code, sentence) = refused(&script(65));
    assert!(code == "corrupt" && sentence.contains("pass over the picture more than 64 times"), "{sentence}");
    let photo = Photo::from_bytes(&script(64), Orientation::AsStored).unwrap();
    assert_eq!((photo.width, photo.height), (4096, 4096));
    // A small picture may have a scan for each bit of each coefficient.
    let scans: Vec<[u8; 3]> = std::iter::once([0, 0, 0]).chain((1..500).map(|_| [1, 63, 0])).collect();
    assert!(Photo::from_bytes(&grey_jpeg(0xc2, 64, 64, &scans), Orientation::AsStored).is_ok());
}

#[test]
fn a_gif_whose_frame_is_larger_than_its_screen_is_refused() {
    let gif = |frame: [u8; 8]| {
        [b"GIF89a\x08\0\x08\0\x80\0\0\0\0\0\xff\xff\xff\x2c".as_slice(), &frame, &[0, 2, 2, 0x44, 1, 0, 0x3b]].concat()
    };
    let (code, sentence) = refused(&gif([0, 0, 0, 0, 255, 255, 255, 255]));
    assert_eq!(code, "corrupt");
    assert!(sentence.contains("its first frame of 65535 × 65535 pixels does not lie in its screen of 8 × 8"), "{sentence}");
    assert_eq!(refused(&gif([4, 0, 4, 0, 8, 0, 8, 0])).0, "corrupt");
}

#[test]
fn a_screen_that_no_file_of_its_length_fills_is_refused() {
    let gif = b"GIF89a\x30\x34\x30\x34\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x30\x34\x30\x34\0\x02\x02\x44\x01\0\x3b";
    assert!(refused(gif).1.contains("bytes are too few for 13360 × 13360 pixels"));
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(data);
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend(crc.sum().to_be_bytes());
        bytes
    };
    let size = 13_000_u32.to_be_bytes();
    let header = [size.as_slice(), &size, &[8, 2, 0, 0, 0]].concat();
    let png = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01"),
        chunk(b"IEND", b""),
    ]
    .concat();
    assert!(refused(&png).1.contains("bytes are too few for 13000 × 13000 pixels"));
    let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bmp.extend(13_000_u32.to_le_bytes());
    bmp.extend(13_000_u32.to_le_bytes());
    bmp.extend([1, 0, 24, 0]);
    bmp.extend([0; 24]);
    assert!(refused(&bmp).1.contains("bytes are too few for 13000 × 13000 pixels"));
    let mut tiff = b"II*\0\x08\0\0\0\x09\0".to_vec();
    for (tag, kind, value) in [
        (256_u16, 4_u16, 13_000_u32),
        (257, 4, 13_000),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, 13_000),
        (279, 4, 169_000_000),
    ] {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(1_u32.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    }
    tiff.extend([0; 4]);
    assert!(refused(&tiff).1.contains("bytes are too few for 13000 × 13000 pixels"));
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_links_in_a_folder_are_items_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let class = folder.path().join("Apis_mellifera");
    fs::create_dir(&class).unwrap();
    let good = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pixels/restarts.jpg")).unwrap();
    fs::write(class.join("good.jpg"), good).unwrap();
    for name in ["pipe.jpg", "pipe"] {
        assert!(std::process::Command::new("mkfifo").arg(class.join(name)).status().unwrap().success());
    }
    let _socket = std::os::unix::net::UnixListener::bind(class.join("socket.png")).unwrap();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, class.join(name)).unwrap();
    link("/dev/zero", "device.jpg");
    link("itself.jpg", "itself.jpg");
    link("..", "above");
    link("gone", "nowhere.jpg");
    let dataset = Dataset::from_paths(&[folder.path().to_path_buf()]).unwrap();
    let codes: Vec<(String, &str)> = dataset
        .photographs
        .iter()
        .map(|photograph| {
            let code = Photo::of(photograph, Orientation::AsStored, View::Whole).map_or_else(|error| error.code(), |_| "ok");
            (photograph.image.trim_start_matches("Apis_mellifera/").to_string(), code)
        })
        .collect();
    let expected = [
        ("device.jpg", "not_a_file"),
        ("good.jpg", "ok"),
        ("itself.jpg", "unreadable"),
        ("nowhere.jpg", "missing"),
        ("pipe.jpg", "not_a_file"),
        ("socket.png", "not_a_file"),
    ];
    assert_eq!(codes, expected.map(|(name, code)| (name.to_string(), code)));
    assert_eq!(dataset.passed_over["link to a folder above"], 1);
    assert_eq!(dataset.passed_over["no extension"], 1);
    let notes = dataset.notes.join("\n");
    assert!(notes.contains("1 link leads out of its folder") && notes.contains("device.jpg' the first"), "{notes}");
}

#[test]
fn a_manifest_may_name_files_elsewhere_and_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(folder.path().join("secret.jpg"), "x").unwrap();
    fs::write(inner.join("own.jpg"), "x").unwrap();
    let table =
        format!("image,species\nown.jpg,a\n../secret.jpg,b\n{},c\n/etc/passwd,d\n", folder.path().join("secret.jpg").display());
    fs::write(inner.join("manifest.csv"), table).unwrap();
    let dataset = Dataset::from_manifest(&inner.join("manifest.csv"), &ManifestOptions::default()).unwrap();
    let notes = dataset.notes.join("\n");
    assert!(notes.contains("3 of the listed photographs are named by a path that begins outside"), "{notes}");
    let passwd = dataset.photographs.iter().find(|photograph| photograph.image == "/etc/passwd").unwrap();
    assert_eq!(Photo::of(passwd, Orientation::AsStored, View::Whole).unwrap_err().code(), "not_an_image");
    assert!(Path::new("/etc/passwd") == passwd.path);
}

#[cfg(unix)]
#[test]
fn a_list_or_manifest_that_is_no_file_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["list.txt", "manifest.csv"] {
        assert!(std::process::Command::new("mkfifo").arg(folder.path().join(name)).status().unwrap().success());
    }
    let error = Dataset::from_paths(&[folder.path().join("list.txt")]).unwrap_err().to_string();
    assert!(error.contains("list.txt': it is a named pipe and no file"), "{error}");
    let error = Dataset::from_manifest(&folder.path().join("manifest.csv"), &ManifestOptions::default()).unwrap_err().to_string();
    assert!(error.contains("manifest.csv': it is a named pipe and no file"), "{error}");
}

#[test]
fn a_tar_whose_photograph_goes_on_behind_its_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar");
    let mut header = tar::Header::new_gnu();
    header.set_path("a.jpg").unwrap();
    header.set_size(1 << 40);
    header.set_cksum();
    fs::write(&path, [header.as_bytes().as_slice(), &[0; 512]].concat()).unwrap();
    let options = ManifestOptions::default();
    match Dataset::open(&path, None, &options) {
        Err(error) => assert!(error.to_string().contains("the tar is cut off or damaged"), "{error}"),
        Ok(dataset) => {
            let error = Photo::of(&dataset.photographs[0], Orientation::AsStored, View::Whole).unwrap_err();
            assert!(["unreadable", "truncated"].contains(&error.code()), "{error}");
        }
    }
}

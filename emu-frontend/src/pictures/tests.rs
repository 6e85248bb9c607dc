//! Pictures are written as they are; one line says where none can be.

use super::*;

fn colourful(width: u32, height: u32) -> Picture {
    let mut picture = Picture::black(width, height);
    for (n, byte) in picture.rgb.iter_mut().enumerate() {
        *byte = (n * 7 % 251) as u8;
    }
    picture
}

/// Reads a PNG back.
fn read(path: &Path) -> Picture {
    let file = io::BufReader::new(File::open(path).expect("there"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut rgb = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut rgb).expect("a picture");
    assert_eq!(
        (info.color_type, info.bit_depth),
        (ColorType::Rgb, BitDepth::Eight)
    );
    Picture {
        width: info.width,
        height: info.height,
        rgb,
    }
}

#[test]
fn a_picture_is_read_back_as_it_was() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    for (width, height) in [(320, 240), (384, 288), (640, 480), (1, 1)] {
        let path = scratch.path().join("x.png");
        let picture = colourful(width, height);
        save(&path, &picture).expect("written");
        assert_eq!(read(&path), picture);
    }
}

#[test]
fn a_new_file_takes_no_other_s_place() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    let first = save_new(scratch.path(), "a", &colourful(2, 2)).expect("written");
    let second = save_new(scratch.path(), "a", &colourful(3, 3)).expect("written");
    assert_eq!(first, scratch.path().join("a.png"));
    assert_eq!(second, scratch.path().join("a-2.png"));
    assert_eq!(read(&first).width, 2);
    assert_eq!(read(&second).width, 3);
}

#[test]
fn fields_are_numbered_by_the_blank_that_ends_them() {
    assert_eq!(Frames::name(0), "frame-000001.png");
    assert_eq!(Frames::name(1_234_567), "frame-1234568.png");
    let scratch = tempfile::tempdir().expect("temporary folder");
    let folder = scratch.path().join("made/here");
    let mut frames = Frames::into_folder(&folder).expect("made");
    for field in 0..3 {
        frames.write(field, &colourful(4, 4));
    }
    assert_eq!(frames.written(), 3);
    frames.finish().expect("nothing failed");
    assert_eq!(read(&folder.join("frame-000003.png")), colourful(4, 4));
}

#[test]
fn the_first_failure_is_the_one_that_is_told() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    let folder = scratch.path().join("gone");
    let mut frames = Frames::into_folder(&folder).expect("made");
    fs::remove_dir(&folder).expect("removed");
    assert!(frames.wanted());
    frames.write(0, &colourful(4, 4));
    assert!(!frames.wanted());
    fs::create_dir(&folder).expect("made again");
    frames.write(1, &colourful(4, 4));
    assert_eq!(frames.written(), 0);
    let line = frames.finish().expect_err("failed").to_string();
    assert!(line.contains("frame-000001.png") && line.contains("was not written"));
    assert!(!line.contains('\n'));
}

#[test]
fn places_without_room_for_a_picture_are_known_before_the_run() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    assert!(check_file(Path::new("x.png")).is_ok());
    assert!(check_file(&scratch.path().join("x.png")).is_ok());
    for (path, words) in [
        (scratch.path().to_owned(), "is a folder"),
        (scratch.path().join("no/x.png"), "its folder is not there"),
        (PathBuf::new(), "no name"),
    ] {
        let line = check_file(&path).expect_err(words).to_string();
        assert!(line.contains(words) && !line.contains('\n'), "{line}");
    }
    let file = scratch.path().join("file");
    fs::write(&file, b"x").expect("written");
    let line = Frames::into_folder(&file).expect_err("a file").to_string();
    assert!(line.contains("file") && !line.contains('\n'), "{line}");
}

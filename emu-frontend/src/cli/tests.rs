//! Command lines that are read, and one line for each that is not.

use super::*;

fn read(line: &str) -> Result<Cli, Refusal> {
    let words = std::iter::once("overture").chain(line.split_whitespace());
    parse(words.map(OsString::from))
}

fn usage(line: &str) -> String {
    match read(line) {
        Err(Refusal::Usage(text)) => text,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn run_is_the_default_command() {
    let cli = read("--headless game --until exit --until text:x -- 1 -2").expect("valid");
    assert!(cli.command.is_none());
    assert_eq!(cli.run.image, Some("game".into()));
    assert_eq!(cli.run.arguments, ["1", "-2"]);
    assert_eq!(cli.run.until, [Until::Exit, Until::Text("x".into())]);
    let cli = read("run game --json -v -- a").expect("valid");
    let Some(Command::Run(run)) = cli.command else {
        panic!("no run")
    };
    assert!(run.json && cli.verbose == 1);
    assert_eq!(run.arguments, ["a"]);
    assert!(read("").expect("valid").run.image.is_none());
    assert_eq!(read("-- 1").expect("valid").run.arguments, ["1"]);
    assert_eq!(read("-v -- run").expect("valid").run.arguments, ["run"]);
}

#[test]
fn flags_may_stand_before_the_command() {
    let cli = read("-vv --headless --json run game").expect("valid");
    assert!(matches!(cli.command, Some(Command::Run(run)) if run.headless && run.json));
    assert_eq!(cli.verbose, 2);
    let cli = read("-v calls").expect("valid");
    assert!(matches!(cli.command, Some(Command::Calls(_))) && cli.verbose == 1);
}

#[test]
fn values_are_read() {
    let run = read("--profile retail --video pal --seed 7 --strict --calls")
        .expect("valid")
        .run;
    assert_eq!(run.profile, ProfileArg::Retail);
    assert_eq!(run.video, VideoArg::Pal);
    assert!(run.seed == 7 && run.strict && run.calls);
    assert!(run.drive == DriveArg::Nominal && run.disc.is_none());
    let run = read("--mach-queues 3 --mach-trap-cycles 0")
        .expect("valid")
        .run;
    assert_eq!((run.mach_queues, run.mach_trap_cycles), (Some(3), Some(0)));
    assert!(read("--mach-trap-cycles 1000001").is_err());
    let run = read("--disc d.iso --drive fz1 --nvram n --input i")
        .expect("valid")
        .run;
    assert_eq!(run.drive, DriveArg::Fz1);
    let paths = [run.disc, run.nvram, run.input];
    assert_eq!(
        paths.map(|path| path.expect("given")),
        ["d.iso", "n", "i"].map(PathBuf::from)
    );
}

#[test]
fn pods_are_named_as_in_scripts() {
    let run = read("--pods pad,mouse,light-gun").err();
    assert!(run.is_some());
    let run = read("--pods pad,mouse,gun").expect("valid").run;
    assert_eq!(
        run.pods,
        [PodKind::ControlPad, PodKind::Mouse, PodKind::LightGun]
    );
    assert!(read("").expect("valid").run.pods.is_empty());
}

#[test]
fn options_for_scripts_are_known() {
    for (line, scripted) in [
        ("", false),
        ("game --calls --input i --nvram n", false),
        ("game --until exit", true),
        ("game --json", true),
        ("game --screenshot x.png", true),
        ("game --frames x", true),
    ] {
        let run = read(line).expect("valid").run;
        assert_eq!(run.is_scripted(), scripted, "{line}");
        assert_eq!(run.is_demonstration(), line.is_empty());
    }
}

#[test]
fn codes_may_be_negative() {
    for (line, code) in [
        ("explain -713322495", "-713322495"),
        ("explain --json 0xD57B9001", "0xD57B9001"),
        ("explain BADITEM --json", "BADITEM"),
        ("explain -303", "-303"),
    ] {
        let Some(Command::Explain(args)) = read(line).expect(line).command else {
            panic!("{line}")
        };
        assert_eq!(args.code, code);
    }
}

#[test]
fn sound_goes_into_a_file_and_has_a_volume() {
    let run = read("game --wav x.wav --volume 40 --mute")
        .expect("valid")
        .run;
    assert_eq!(run.wav, Some(PathBuf::from("x.wav")));
    assert_eq!((run.volume, run.mute), (Some(40), true));
    // Somebody may play what is written.
    assert!(!run.is_scripted());
    assert!(usage("game --volume 101").contains("101"));
    let cli = read("--mute run game").expect("valid");
    assert!(matches!(cli.command, Some(Command::Run(run)) if run.mute));
}

#[test]
fn errors_are_one_line_with_advice() {
    for (line, words) in [
        ("--nonsense", "'--nonsense'"),
        ("--headles", "did you mean `--headless`?"),
        ("game more", "after `--`"),
        ("--until never game", "use exit, stuck"),
        ("--until", "--until"),
        ("--profile best", "documented, retail"),
        ("--drive quick", "nominal, fz1, instant"),
        ("--seed x", "--seed"),
        ("--pods pad,joypad", "there is no such thing; use pad,"),
        ("--window --headless", "cannot be used with"),
        ("explain", "<CODE>"),
        ("bench --engine warp", "fast, reference"),
        ("--seed 1 run game", "`run` comes before its options"),
        ("--seed 1 calls", "`calls` comes before its options"),
        ("disc", "info, ls, cat, extract or pack"),
        ("disc info a b", "'b'"),
        ("disc pack a", "--output"),
    ] {
        let text = usage(line);
        assert!(text.contains(words), "{line}: {text}");
        assert!(!text.contains('\n') && !text.starts_with("error"), "{text}");
    }
}

#[test]
fn commands_take_their_arguments() {
    for line in ["trace check x --image y", "debug --seed 1 game --script x"] {
        assert!(read(line).expect(line).command.is_some());
    }
}

#[test]
fn help_is_no_error() {
    for line in ["--help", "-h", "--version", "run --help", "bench -h"] {
        assert!(matches!(read(line), Err(Refusal::Help(_))), "{line}");
    }
}

#[test]
fn recordings_are_checked_compared_and_reviewed() {
    for line in [
        "trace show a.trace --task main --kind call --kind return --from 1 --to 2.5",
        "trace show a.trace --around 7 --context 2 --raw",
        "trace check a.trace folder --jobs 2 --shard 2/3 --junit x.xml --keep --level order",
        "trace diff a.trace b.otr --all",
        "trace review",
        "trace accept --all",
        "trace accept folder --group 2",
        "trace reject a.trace",
        "trace convert a.trace a.otr",
    ] {
        assert!(read(line).is_ok(), "{line}");
    }
    for (line, word) in [
        ("trace check", "not provided"),
        ("trace check a --jobs 0", "--jobs"),
        (
            "trace check a --level some",
            "use exact, order or behaviour",
        ),
        ("trace check a --shard 4/3", "such as 1/3"),
        ("trace show a --call Nothing", "overture calls"),
        ("trace show a --around 0", "--around"),
        ("trace show a --raw --json", "--json"),
        ("trace diff a b --all --level order", "--level"),
        ("trace accept", "not provided"),
        ("trace accept a --all", "--all"),
    ] {
        let text = usage(line);
        assert!(
            text.contains(word) && !text.contains('\n'),
            "{line}: {text}"
        );
    }
}

//! The times of requests, told once more: the prose as a plain loop.
//!
//! Device sheet 4.8. The model knows all requests in advance, counts sixths of a tick, and walks
//! from one happening on the disc to the next.

use super::*;
use proptest::prelude::*;
use std::cmp::Ordering;

/// A request of the tests: sent `gap` ticks after the one before it was.
#[derive(Clone, Copy, Debug)]
struct Asked {
    gap: u64,
    /// Relative to the end of the one before, or the frame itself.
    target: Result<i32, u32>,
    blocks: u32,
    double: bool,
    ahead: bool,
    /// Which of its sizes a block has.
    length: u32,
    priority: u8,
}

/// What the model reads.
#[derive(Clone, Copy, Debug)]
struct Job {
    sent: u64,
    start: u32,
    blocks: u32,
    double: bool,
    ahead: bool,
    length: u32,
    priority: u8,
}

const LEAD_OUT: u32 = 330_000;

/// The microseconds of a seek, as the sheet prints them.
fn seek_us(profile: DriveProfile, distance: u64) -> u64 {
    let d = 330_000_u64;
    let root = |n: u64| {
        let mut root = 0;
        while (root + 1) * (root + 1) <= n {
            root += 1;
        }
        root
    };
    match (3 * distance).cmp(&d) {
        _ if distance == 0 => 0,
        Ordering::Greater if profile == DriveProfile::Fz1 => {
            350_000 + 400_000 * (3 * distance - d) / (2 * d)
        }
        Ordering::Greater => 500_000 + 300_000 * (3 * distance - d) / (2 * d),
        _ if profile == DriveProfile::Fz1 => 100_000 + 250 * root(3 * distance * 1_000_000 / d),
        _ => 100_000 + 400 * root(3 * distance * 1_000_000 / d),
    }
}

/// When each request ends.
fn ends(profile: DriveProfile, jobs: &[Job]) -> Vec<u64> {
    let mut ends = vec![0; jobs.len()];
    let mut left: Vec<usize> = (0..jobs.len()).collect();
    // The frames that were read and nobody has had: number, and when it had passed.
    let mut shelf: Vec<(u32, u64)> = Vec::new();
    let mut head = 150_u32;
    // When the frame under the head began to pass; none while it waits.
    let mut since: Option<u64> = None;
    let mut stop = 0;
    let mut turns_double = true;
    let mut free = 0_u64;
    while !left.is_empty() {
        // An idle drive takes the first that comes, else the best of those that wait. What
        // comes at the very tick at which one ends finds the next one begun.
        let first = left[0];
        let begin = free.max(jobs[first].sent);
        let waits = left.iter().copied().filter(|&n| jobs[n].sent < free);
        let n = match waits.clone().map(|n| jobs[n].priority).max() {
            Some(best) => waits.clone().find(|&n| jobs[n].priority == best).unwrap(),
            None => first,
        };
        left.retain(|&other| other != n);
        let job = jobs[n];
        let now = begin * 6;
        if profile == DriveProfile::Instant {
            ends[n] = begin + 2604;
            free = ends[n];
            continue;
        }
        let pass = |double: bool| if double { 500_000 } else { 1_000_000 };
        // One frame passes, if it does so by `until`.
        let step = |shelf: &mut Vec<(u32, u64)>,
                    head: &mut u32,
                    since: &mut Option<u64>,
                    (stop, double, until): (u32, bool, u64)| {
            let Some(began) = *since else { return false };
            if shelf.len() == 16 || *head >= stop {
                *since = None;
                return false;
            }
            if began + pass(double) > until {
                return false;
            }
            shelf.push((*head, began + pass(double)));
            *head += 1;
            *since = Some(began + pass(double));
            true
        };
        while step(&mut shelf, &mut head, &mut since, (stop, turns_double, now)) {}
        let mut start = now;
        let still = begin - free >= 375_000_000;
        if still {
            shelf.clear();
            since = None;
            start += 18_750_000 * 6;
        }
        let on_shelf = shelf.iter().any(|(frame, _)| *frame == job.start);
        let under_head = head == job.start && since.is_some();
        if turns_double == job.double && (on_shelf || under_head) {
            shelf.retain(|(frame, _)| *frame >= job.start);
        } else {
            start += 12_500 * 6;
            if turns_double != job.double {
                start += 3_125_000 * 6;
            }
            let ahead = i64::from(job.start) - i64::from(head);
            start += match ahead {
                0..=16 => ahead as u64 * pass(job.double),
                _ => seek_us(profile, ahead.unsigned_abs()) * 75,
            };
            turns_double = job.double;
            shelf.clear();
            head = job.start;
            since = Some(start);
        }
        stop = if job.ahead {
            LEAD_OUT
        } else {
            job.start + job.blocks
        };
        let carry = 6400 * u64::from(job.length) / 2048 * 6;
        let mut previous = 0;
        for frame in job.start..job.start + job.blocks {
            // Let frames pass until this one has.
            let passed = loop {
                if let Some(&(_, at)) = shelf.iter().find(|(other, _)| *other == frame) {
                    break at;
                }
                assert!(step(
                    &mut shelf,
                    &mut head,
                    &mut since,
                    (stop, turns_double, u64::MAX)
                ));
            };
            let delivered = now.max(passed).max(previous) + carry;
            // What passes while it is carried.
            while step(
                &mut shelf,
                &mut head,
                &mut since,
                (stop, turns_double, delivered),
            ) {}
            shelf.retain(|(other, _)| *other != frame);
            since = since.or(Some(delivered));
            previous = delivered;
        }
        free = previous / 6;
        ends[n] = free;
    }
    ends
}

fn asked() -> impl Strategy<Value = Asked> {
    let target = prop_oneof![
        4 => Just(Ok(0)),
        3 => (-20..40_i32).prop_map(Ok),
        1 => (-3_000..3_000_i32).prop_map(Ok),
        1 => (0..LEAD_OUT).prop_map(Err),
    ];
    let gap = prop_oneof![
        2 => Just(0),
        3 => 0..20_000_u64,
        3 => 0..3_000_000_u64,
        2 => 0..30_000_000_u64,
        1 => 300_000_000..450_000_000_u64,
    ];
    let blocks = prop_oneof![3 => 1..6_u32, 1 => 1..=40_u32];
    (
        gap,
        target,
        blocks,
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.9),
        0..3_u32,
        0..3_u8,
    )
        .prop_map(
            |(gap, target, blocks, double, ahead, length, priority)| Asked {
                gap,
                target,
                blocks,
                double,
                ahead,
                length: [2048, 2048, 2352][length as usize],
                priority,
            },
        )
}

fn jobs(asked: &[Asked]) -> Vec<Job> {
    let mut sent = 0;
    let mut end = 150;
    asked
        .iter()
        .map(|asked| {
            sent += asked.gap;
            let start = match asked.target {
                Ok(by) => end + by,
                Err(frame) => frame as i32,
            };
            let start = start.clamp(0, (LEAD_OUT - asked.blocks) as i32) as u32;
            end = (start + asked.blocks) as i32;
            Job {
                sent,
                start,
                blocks: asked.blocks,
                double: asked.double,
                ahead: asked.ahead,
                length: asked.length,
                priority: asked.priority,
            }
        })
        .collect()
}

fn compare(profile: DriveProfile, jobs: &[Job]) {
    let mut rig = Rig::new(profile, LEAD_OUT - 150);
    let ids: Vec<ReqId> = jobs
        .iter()
        .map(|job| {
            rig.run(Tick(job.sent));
            let options = Options {
                speed: Some(if job.double {
                    Speed::Double
                } else {
                    Speed::Single
                }),
                read_ahead: Some(job.ahead),
                length: Some(job.length as u16),
                ..Options::default()
            };
            let len = job.blocks * job.length;
            let (id, submit) = rig.send(Op::Read, |request| {
                request.offset = job.start;
                request.option = options.encode();
                request.priority = job.priority;
                request.recv = Buffer::Guest { addr: RECV, len };
            });
            assert_eq!(submit, Submit::Pending);
            id
        })
        .collect();
    let wanted = ends(profile, jobs);
    for ((id, end), job) in ids.into_iter().zip(wanted).zip(jobs) {
        // The rig has compared the sum of the terms with the time.
        let (at, result, terms) = rig.end_of(id);
        assert_eq!(at, Tick(end), "{job:?} in {jobs:#?}");
        assert_eq!(result, Finished::ok(job.blocks * job.length));
        assert_eq!(terms.total(), Ticks(end - job.sent));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_400, ..ProptestConfig::default() })]

    #[test]
    fn a_nominal_drive_ends_requests_when_the_prose_says(
        asked in prop::collection::vec(asked(), 1..12),
    ) {
        compare(DriveProfile::Nominal, &jobs(&asked));
    }

    #[test]
    fn an_fz1_ends_requests_when_the_prose_says(
        asked in prop::collection::vec(asked(), 1..12),
    ) {
        compare(DriveProfile::Fz1, &jobs(&asked));
    }

    #[test]
    fn an_instant_drive_ends_requests_when_the_prose_says(
        asked in prop::collection::vec(asked(), 1..12),
    ) {
        compare(DriveProfile::Instant, &jobs(&asked));
    }
}

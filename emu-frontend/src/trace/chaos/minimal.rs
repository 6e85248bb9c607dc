//! The fewest disturbances that still make a run fail (delta debugging).

/// Tries at most this often; what is left then is small enough, or never will be.
const TRIES: u32 = 400;

/// A subset of `all` for which `fails` still holds, and which holds no part that could be left
/// out. `fails(all)` is taken for granted.
pub fn fewest(all: &[u64], mut fails: impl FnMut(&[u64]) -> bool) -> Vec<u64> {
    let mut tries = 0;
    let mut fails = |numbers: &[u64]| {
        tries += 1;
        tries <= TRIES && fails(numbers)
    };
    if fails(&[]) {
        return Vec::new();
    }
    let mut left = all.to_vec();
    let mut parts = 2;
    while left.len() > 1 {
        let size = left.len().div_ceil(parts);
        let without = |skip: usize| -> Vec<u64> {
            let chunks = left.chunks(size).enumerate();
            let kept = chunks.filter(|(n, _)| *n != skip);
            kept.flat_map(|(_, chunk)| chunk.iter().copied()).collect()
        };
        let chunk = left.chunks(size).find(|chunk| fails(chunk));
        if let Some(chunk) = chunk.map(<[u64]>::to_vec) {
            left = chunk;
            parts = 2;
            continue;
        }
        let count = left.len().div_ceil(size);
        let rest = (0..count).map(without).find(|rest| fails(rest));
        match rest {
            Some(rest) => {
                left = rest;
                parts = (parts - 1).max(2);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(left.len()),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<u64> {
        (0..100).collect()
    }

    #[test]
    fn one_that_is_enough_is_found() {
        let mut tries = 0;
        let found = fewest(&all(), |numbers| {
            tries += 1;
            numbers.contains(&63)
        });
        assert_eq!(found, [63]);
        assert!(tries < 40, "{tries}");
    }

    #[test]
    fn two_that_only_fail_together_are_both_kept() {
        let together = |numbers: &[u64]| numbers.contains(&3) && numbers.contains(&98);
        assert_eq!(fewest(&all(), together), [3, 98]);
    }

    #[test]
    fn what_fails_anyway_needs_none() {
        assert_eq!(fewest(&all(), |_| true), Vec::<u64>::new());
    }

    #[test]
    fn what_needs_all_keeps_all() {
        let all = all();
        assert_eq!(fewest(&all, |numbers| numbers.len() == 100), all);
    }
}

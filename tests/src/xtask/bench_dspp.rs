//! What the audio signal processor takes of the host.

use crate::bench::Figure;
use crate::bench_cels::measured;
use serde_json::{Value, json};

/// A frame that takes all of the processor's time: nanoseconds that are a tenth of a core.
const REQUIRED: (&str, f64) = ("500 ticks of instruments", 1e8 / 44_100.0);

/// Measures with the example `dspp_speed`; the rows go to `figures`.
pub fn measure(figures: &mut Vec<Figure>) -> Result<Value, String> {
    let mut report = json!({});
    for (name, nanos) in measured("dspp_speed")? {
        report[&name] = json!(nanos);
        let is_required = name == REQUIRED.0;
        figures.push(Figure {
            name: format!("sound: {name}"),
            value: format!("{:.2} us", nanos / 1e3),
            required: is_required.then(|| {
                let most = format!("under {:.2} us", REQUIRED.1 / 1e3);
                (most, nanos < REQUIRED.1)
            }),
        });
    }
    Ok(report)
}

//! Gates: lines that a metric must reach, for acceptance tests.

use super::flat::{numbers, reason};
use serde::Serialize;
use serde_json::{Number, Value};
use std::path::{Path, PathBuf};

/// How a value is compared with the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
pub enum Operator {
    /// At least.
    AtLeast,
    /// At most.
    AtMost,
    /// More than.
    MoreThan,
    /// Less than.
    LessThan,
}

impl Operator {
    /// The operators, the longer before those they begin with.
    const ALL: [Operator; 4] = [Operator::AtLeast, Operator::AtMost, Operator::MoreThan, Operator::LessThan];

    /// As it is written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Operator::AtLeast => ">=",
            Operator::AtMost => "<=",
            Operator::MoreThan => ">",
            Operator::LessThan => "<",
        }
    }

    fn holds(self, value: f64, line: f64) -> bool {
        match self {
            Operator::AtLeast => value >= line,
            Operator::AtMost => value <= line,
            Operator::MoreThan => value > line,
            Operator::LessThan => value < line,
        }
    }
}

impl From<Operator> for &'static str {
    fn from(operator: Operator) -> Self {
        operator.sign()
    }
}

/// A line that a metric must reach: `family.path_top1>=0.8`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gate {
    /// The metric: `RANK.METRIC`, or `BLOCK.METRIC` as in `metrics.json`.
    pub metric: String,
    /// The comparison.
    pub operator: Operator,
    /// The line.
    pub line: f64,
}

/// What became of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// The line is reached, by the whole interval where there is one.
    Pass,
    /// The line is reached, but the interval crosses it: the next sample may miss it.
    PassCrossing,
    /// The line is reached, but there is no interval to say how surely, for a reason that the block gives.
    PassWithoutInterval,
    /// The line is missed, or the metric is undefined.
    Fail,
}

/// A gate with the value it was held against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The run.
    pub run: String,
    /// The gate.
    #[serde(flatten)]
    pub gate: Gate,
    /// The metric's value; `None` where it is undefined, which fails.
    pub value: Option<f64>,
    /// Ends of its interval, where it has one.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Why it has no interval, where it should have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_interval: Option<String>,
    /// What became of it.
    pub outcome: GateOutcome,
}

impl Verdict {
    /// A line for people: `gate pass: mrr@10 > 0.3: it is 0.5833 [0.2500, 1.0000]`.
    #[must_use]
    pub fn line(&self) -> String {
        self.said("")
    }

    /// As [`Verdict::line`], with the run's name.
    #[must_use]
    pub fn line_of_run(&self) -> String {
        self.said(&format!("{}: ", self.run))
    }

    fn said(&self, run: &str) -> String {
        let number = |value: Option<f64>| value.map_or_else(|| "undefined".to_string(), |value| format!("{value:.4}"));
        let (word, remark) = match self.outcome {
            GateOutcome::Pass => ("pass", String::new()),
            GateOutcome::PassCrossing => ("pass", ", but its interval crosses the line".to_string()),
            GateOutcome::PassWithoutInterval => {
                ("pass", format!(", but it has no interval: {}", self.no_interval.as_deref().unwrap_or_default()))
            }
            GateOutcome::Fail => ("FAIL", String::new()),
        };
        let interval = match (self.low, self.high) {
            (Some(_), Some(_)) => format!(" [{}, {}]", number(self.low), number(self.high)),
            _ => String::new(),
        };
        let Gate { metric, operator, line } = &self.gate;
        format!("gate {word}: {run}{metric} {} {line}: it is {}{interval}{remark}", operator.sign(), number(self.value))
    }
}

/// Why a gate cannot be read or held against anything.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum GateError {
    #[error("gate '{text}': {what}; write it like family.path_top1>=0.8")]
    Syntax { text: String, what: String },
    #[error("gate '{metric}': there is no such metric{hint}; nearmiss report --list-metrics lists all")]
    NoSuchMetric { metric: String, hint: String },
    #[error("cannot read '{}': {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}: {what}", path.display())]
    Format { path: PathBuf, what: String },
}

impl Gate {
    /// Reads `METRIC OPERATOR LINE`.
    ///
    /// # Errors
    ///
    /// [`GateError::Syntax`].
    pub fn parse(text: &str) -> Result<Self, GateError> {
        let fail = |what: String| GateError::Syntax { text: text.to_string(), what };
        let gate = Self::parse_measure(text)?;
        if gate.metric.contains('.') { Ok(gate) } else { Err(fail(nameless(&gate.metric))) }
    }

    /// Reads the same for a measure of retrieval, which has no rank or block before it: `mrr@10>0.3`.
    ///
    /// # Errors
    ///
    /// [`GateError::Syntax`].
    pub fn parse_measure(text: &str) -> Result<Self, GateError> {
        let fail = |what: &str| GateError::Syntax { text: text.to_string(), what: what.to_string() };
        let place = text.find(['<', '>']).ok_or_else(|| fail("no >=, <=, > or <"))?;
        let (metric, rest) = text.split_at(place);
        Self::of(metric, rest).map_err(|what| fail(&what))
    }

    fn of(metric: &str, condition: &str) -> Result<Self, String> {
        let condition = condition.trim();
        let operator = Operator::ALL.into_iter().find(|operator| condition.starts_with(operator.sign()));
        let operator = operator.ok_or_else(|| format!("'{condition}' begins with no >=, <=, > or <"))?;
        let number = condition[operator.sign().len()..].trim();
        let line = number.parse().ok().filter(|line: &f64| line.is_finite()).ok_or_else(|| format!("'{number}' is no number"))?;
        Ok(Self { metric: metric.trim().to_string(), operator, line })
    }

    /// Reads the table `[gates]` of a TOML file: `"family.path_top1" = ">= 0.8"`.
    ///
    /// # Errors
    ///
    /// [`GateError`].
    pub fn read(path: &Path) -> Result<Vec<Self>, GateError> {
        let gates = Self::read_measures(path)?;
        match gates.iter().find(|gate| !gate.metric.contains('.')) {
            Some(gate) => Err(GateError::Format {
                path: path.to_path_buf(),
                what: format!("gate \"{}\": {}", gate.metric, nameless(&gate.metric)),
            }),
            None => Ok(gates),
        }
    }

    /// Reads the same table for measures of retrieval: `"mrr@10" = "> 0.3"`.
    ///
    /// # Errors
    ///
    /// [`GateError`].
    pub fn read_measures(path: &Path) -> Result<Vec<Self>, GateError> {
        let text = crate::files::regular_file::read_to_string(path)
            .map_err(|source| GateError::File { path: path.to_path_buf(), source })?;
        let fail = |what: String| GateError::Format { path: path.to_path_buf(), what };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| fail(error.to_string().trim_end().to_string()))?;
        let gates = table.get("gates").and_then(toml::Value::as_table).filter(|gates| !gates.is_empty());
        let gates =
            gates.ok_or_else(|| fail("no table [gates] with a line like \"family.path_top1\" = \">= 0.8\"".to_string()))?;
        let mut read = vec![];
        for (metric, condition) in gates {
            let condition = condition
                .as_str()
                .ok_or_else(|| fail(format!("gate \"{metric}\": the condition must be in quotes, like \">= 0.8\"")))?;
            read.push(Self::of(metric, condition).map_err(|what| fail(format!("gate \"{metric}\": {what}")))?);
        }
        Ok(read)
    }

    /// Holds the gate against the blocks of one run, as `metrics.json` has them.
    ///
    /// # Errors
    ///
    /// [`GateError::NoSuchMetric`].
    pub fn hold(&self, run: &str, blocks: &Value) -> Result<Verdict, GateError> {
        let numbers: Vec<(String, Option<f64>)> =
            numbers(blocks).into_iter().map(|(path, number)| (path, number.and_then(Number::as_f64))).collect();
        let find = |key: &str| numbers.iter().find(|(known, _)| known == key).map(|(_, value)| *value);
        let value = find(&self.metric)
            .ok_or_else(|| GateError::NoSuchMetric { metric: self.metric.clone(), hint: hint(&self.metric, &numbers) })?;
        let end = |end: &str| find(&format!("{}_{end}", self.metric)).flatten();
        let (low, high) = (end("low"), end("high"));
        let holds = |value: Option<f64>| value.is_some_and(|value| self.operator.holds(value, self.line));
        let no_interval = reason(blocks, &self.metric);
        let outcome = match (holds(value), low, high) {
            (false, ..) => GateOutcome::Fail,
            (true, Some(_), Some(_)) if !(holds(low) && holds(high)) => GateOutcome::PassCrossing,
            (true, ..) if no_interval.is_some() => GateOutcome::PassWithoutInterval,
            _ => GateOutcome::Pass,
        };
        Ok(Verdict { run: run.to_string(), gate: self.clone(), value, low, high, no_interval, outcome })
    }
}

fn nameless(metric: &str) -> String {
    format!("'{metric}' names no rank or block; write one before it, as in 'species.{metric}'")
}

fn hint(metric: &str, numbers: &[(String, Option<f64>)]) -> String {
    let mut near: Vec<_> = numbers
        .iter()
        .map(|(known, _)| (rapidfuzz::distance::damerau_levenshtein::normalized_similarity(metric.chars(), known.chars()), known))
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    match near.first() {
        Some((similarity, known)) if *similarity >= 0.5 => format!("; did you mean '{known}'?"),
        _ => String::new(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn blocks() -> Value {
        json!({
            "ranks": [{"rank": "family", "n": 40, "path_top1": 0.82, "path_top1_low": 0.75, "path_top1_high": 0.88, "ece": null}],
            "how_wrong": {
                "mean_height": 1.25, "lca_histogram": {"genus": 3},
                "mean_edges": 2.5, "mean_edges_low": null, "no_interval": {"mean_edges": "all alike"},
            },
            "decisions": {"path": {"how_wrong": {"excess": 1.0, "no_interval": {"excess": "too few"}}}},
        })
    }

    #[test]
    fn a_gate_passes_crosses_or_fails() {
        // 0.82 in [0.75, 0.88]: above 0.7 whole, above 0.8 with the lower end below, not above 0.9.
        for (text, outcome) in [
            ("family.path_top1>=0.7", GateOutcome::Pass),
            ("family.path_top1 >= 0.8", GateOutcome::PassCrossing),
            ("family.path_top1>0.9", GateOutcome::Fail),
            ("family.path_top1<=0.9", GateOutcome::Pass),
            ("how_wrong.mean_height<1.25", GateOutcome::Fail),
            ("how_wrong.mean_height<=1.25", GateOutcome::Pass),
            ("how_wrong.lca_histogram.genus<4", GateOutcome::Pass),
            ("family.ece<0.1", GateOutcome::Fail),
            ("how_wrong.mean_edges<3", GateOutcome::PassWithoutInterval),
            ("how_wrong.mean_edges<2", GateOutcome::Fail),
            ("decisions.path.how_wrong.excess<=1", GateOutcome::PassWithoutInterval),
        ] {
            assert_eq!(Gate::parse(text).unwrap().hold("run", &blocks()).unwrap().outcome, outcome, "{text}");
        }
    }

    #[test]
    fn a_pass_without_an_interval_says_why() {
        let verdict = Gate::parse("how_wrong.mean_edges<3").unwrap().hold("run", &blocks()).unwrap();
        assert_eq!(verdict.line(), "gate pass: how_wrong.mean_edges < 3: it is 2.5000, but it has no interval: all alike");
    }

    #[test]
    fn what_is_no_gate_is_said() {
        for (text, part) in [
            ("family.path_top1=0.8", "no >=, <=, > or <"),
            ("path_top1>0.8", "no rank or block"),
            ("family.n>many", "'many' is no number"),
        ] {
            let message = Gate::parse(text).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains(text), "{message}");
        }
        let message = Gate::parse("famly.path_top1>0.8").unwrap().hold("run", &blocks()).unwrap_err().to_string();
        assert!(message.contains("did you mean 'family.path_top1'?"), "{message}");
    }

    #[test]
    fn gates_are_read_from_toml() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[gates]\n\"family.path_top1\" = \">= 0.8\"\n\"species.path_mrr\" = \"> 0.3\"\n").unwrap();
        let gates = Gate::read(file.path()).unwrap();
        assert_eq!(gates.len(), 2);
        assert_eq!(gates[0], Gate::parse("family.path_top1>=0.8").unwrap());
        std::fs::write(file.path(), "[gates]\n\"family.path_top1\" = 0.8\n").unwrap();
        assert!(Gate::read(file.path()).unwrap_err().to_string().contains("must be in quotes"));
    }
}

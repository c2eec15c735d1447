//! A measure as it is written, in its parts: `name[@k][-l<level>]`.

use super::fault::MeasureError;
use super::kind::Kind;
use std::borrow::Cow;

/// The parts of what is written.
pub(super) struct Notation<'a> {
    /// All of it, for messages.
    whole: &'a str,
    name: Cow<'a, str>,
    k: Option<&'a str>,
    level: Option<&'a str>,
}

/// What a name says.
pub(super) struct Named {
    /// The name without a number.
    name: &'static str,
    pub kind: Kind,
    /// The number of `rbp` or `iprec` as it was written.
    pub number: String,
}

impl<'a> Notation<'a> {
    pub fn of(text: &'a str) -> Notation<'a> {
        let whole = text.trim();
        let (rest, level) = match whole.rsplit_once("-l") {
            Some((rest, level)) => (rest, Some(level)),
            None => (whole, None),
        };
        let (name, k) = match rest.split_once('@') {
            Some((name, k)) => (name, Some(k)),
            None => (rest, None),
        };
        let (name, k): (Cow<'a, str>, Option<&'a str>) = match (name, k) {
            // ranx takes rbp@95 as well.
            ("rbp", Some(number)) => (Cow::Owned(format!("rbp.{number}")), None),
            // The cutoff is the number of relevant documents.
            ("map", Some("r" | "R")) => (Cow::Borrowed("map@r"), None),
            _ => (Cow::Borrowed(name), k),
        };
        Notation { whole, name, k, level }
    }

    /// The least relevant grade, 1 where none is written, and how it is written; `ranks` are the names that stand for levels.
    pub fn level(&self, ranks: &[(&str, i32)]) -> Result<(i32, String), MeasureError> {
        match self.level {
            None => Ok((1, String::new())),
            Some(written) => Ok((level(self.whole, written, ranks)?, written.to_string())),
        }
    }

    /// Whether it stands for interpolated precision at eleven shares.
    pub fn is_eleven_points(&self) -> bool {
        self.name == "iprec" && self.k.is_none()
    }

    /// What the name says.
    pub fn named(&self) -> Result<Named, MeasureError> {
        let Some((name, kind)) = Kind::named(&self.name) else {
            return Err(MeasureError::Unknown { text: self.whole.to_string(), name: self.name.to_string() });
        };
        let number = if name.ends_with('.') { self.name[name.len()..].to_string() } else { String::new() };
        let kind = match kind {
            Kind::Rbp(_) => Kind::Rbp(persistence(self.whole, &number)?),
            Kind::Iprec(_) => Kind::Iprec(share(self.whole, &number)?),
            kind => kind,
        };
        Ok(Named { name, kind, number })
    }

    /// How many documents are looked at; `None` for all that are ranked.
    pub fn cutoff(&self, named: &Named) -> Result<Option<usize>, MeasureError> {
        let Some(k) = self.k else { return Ok(None) };
        let (text, written) = (self.whole.to_string(), k.to_string());
        if !named.kind.has_cutoff() {
            return Err(MeasureError::NoCutoff { text, name: named.name.trim_end_matches('.'), k: written });
        }
        match k.parse::<usize>() {
            Ok(count) if count > 0 => Ok(Some(count)),
            _ => Err(MeasureError::Cutoff { text, k: written }),
        }
    }
}

fn level(whole: &str, level: &str, ranks: &[(&str, i32)]) -> Result<i32, MeasureError> {
    if let Some((_, level)) = ranks.iter().find(|(rank, _)| *rank == level) {
        return Ok(*level);
    }
    let known = ranks.iter().map(|(rank, _)| *rank).collect::<Vec<_>>().join(", ");
    let hint = if ranks.is_empty() { String::new() } else { format!(", or one of the ranks that occur: {known}") };
    let fault = || MeasureError::Level { text: whole.to_string(), level: level.to_string(), hint };
    level.parse::<i32>().ok().filter(|level| *level > 0).ok_or_else(fault)
}

/// The persistence of `rbp.95`: what stands after the point, as decimals.
fn persistence(whole: &str, number: &str) -> Result<f64, MeasureError> {
    let fault = || MeasureError::Number {
        text: whole.to_string(),
        number: number.to_string(),
        wanted: "persistence; write 0.95 as rbp.95",
    };
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("0.{number}").parse().ok()).flatten().filter(|p| *p > 0.0).ok_or_else(fault)
}

fn share(whole: &str, number: &str) -> Result<f64, MeasureError> {
    let fault = || MeasureError::Number {
        text: whole.to_string(),
        number: number.to_string(),
        wanted: "share from 0 to 1; write iprec.0.3",
    };
    number.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(fault)
}

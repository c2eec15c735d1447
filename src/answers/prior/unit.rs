//! Units of weights: what a cell says of how likely a taxon is.

/// What a column of weights holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Natural logarithms of weights.
    Log,
    /// Weights, 0 or more.
    Weight,
    /// Whether the taxon may be answered.
    Allowed,
}

/// Letters of TAXREF's status of a taxon that is there, or was found there: present, endemic, sub-endemic, cryptogenic,
/// introduced, invasive, domestic or not established, accidental, doubtful.
const PRESENT: [char; 9] = ['P', 'E', 'S', 'C', 'I', 'J', 'M', 'B', 'D'];

/// Whether a cell of TAXREF's columns of territories says that the taxon is there: those of the absent (A), the lost and
/// extinct (W, X, Y, Z) and of what was cited in error (Q) do not, nor does a blank.
pub(super) fn is_present(status: &str) -> bool {
    status.trim().chars().next().is_some_and(|letter| PRESENT.contains(&letter.to_ascii_uppercase()))
}

impl Unit {
    /// Headers of the columns, and their units.
    pub const HEADERS: [(&str, Unit); 6] = [
        ("logprior", Unit::Log),
        ("prior", Unit::Weight),
        ("weight", Unit::Weight),
        ("allowed", Unit::Allowed),
        ("present", Unit::Allowed),
        ("presence", Unit::Allowed),
    ];

    /// The column as messages name it.
    pub fn column(self) -> &'static str {
        match self {
            Unit::Log => "log_prior",
            Unit::Weight => "prior",
            Unit::Allowed => "allowed",
        }
    }

    /// What may stand in a cell.
    pub fn remedy(self) -> &'static str {
        match self {
            Unit::Log => "it is a number, or -inf for what cannot be",
            Unit::Weight => "it is a number of 0 or more, as 0.25",
            Unit::Allowed => "it is 1 or 0, yes or no, true or false",
        }
    }

    /// The number of a cell: a logarithm, a weight, or 1 and 0.
    pub fn number(self, text: &str) -> Option<f64> {
        match self {
            Unit::Log => text.parse().ok().filter(|log: &f64| !log.is_nan() && *log < f64::INFINITY),
            Unit::Weight => text.parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0),
            Unit::Allowed => match text.to_lowercase().as_str() {
                "1" | "1.0" | "yes" | "y" | "true" | "t" | "oui" | "vrai" | "sí" | "si" => Some(1.0),
                "0" | "0.0" | "no" | "n" | "false" | "f" | "non" | "faux" => Some(0.0),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_letters_are_what_they_are() {
        assert_eq!(
            [Unit::Allowed.number("Yes"), Unit::Allowed.number("0"), Unit::Allowed.number("perhaps")],
            [Some(1.0), Some(0.0), None]
        );
        assert_eq!(
            [Unit::Weight.number("-0.5"), Unit::Weight.number("inf"), Unit::Weight.number("0.5")],
            [None, None, Some(0.5)]
        );
        assert_eq!(Unit::Log.number("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!([Unit::Log.number("inf"), Unit::Log.number("nan")], [None, None]);
        let present: Vec<bool> = ["P", "e", " J ", "D", "A", "W", "X", "Y", "Z", "Q", ""].map(is_present).to_vec();
        assert_eq!(present, [true, true, true, true, false, false, false, false, false, false, false]);
    }
}

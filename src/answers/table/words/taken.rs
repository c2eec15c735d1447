//! The names of columns that say when and where an image was taken, those that say it best first.
//!
//! They are looked for only where events or sites are asked for: in other tables they are what they always were.

/// Columns of whole times.
pub(in crate::answers::table) const TIMES: &[&str] = &[
    "timestamp",
    "datetime",
    "date_time",
    "date_time_original",
    "captured_at",
    "capture_time",
    "date_captured",
    "taken_at",
    "date_taken",
    "time_taken",
    "time_observed_at",
    "observed_at",
    "recorded_at",
    "event_start",
    "event_date",
    "create_date",
    "observed_on",
    "horodatage",
    "date_heure",
    "date_de_prise_de_vue",
    "fecha_hora",
    "zeitstempel",
    "aufnahmezeit",
];
/// Columns of dates, which a column of [`TIMES_OF_DAY`] may stand beside.
pub(in crate::answers::table) const DATES: &[&str] =
    &["date", "capture_date", "event_date", "photo_date", "observed_on", "fecha", "datum"];
/// Columns of times of day.
pub(in crate::answers::table) const TIMES_OF_DAY: &[&str] =
    &["time", "event_time", "photo_time", "time_of_day", "heure", "hora", "uhrzeit", "zeit"];
/// Columns of cameras, and of what stands for them.
pub(in crate::answers::table) const CAMERAS: &[&str] = &[
    "camera",
    "camera_id",
    "camera_name",
    "camera_trap",
    "deployment_id",
    "deployment",
    "trap_id",
    "trap",
    "station_id",
    "station",
    "location_id",
    "location",
    "placename",
    "appareil",
    "piege_photographique",
    "camara",
    "kamera",
];
/// Columns of sites.
pub(in crate::answers::table) const SITES: &[&str] = &[
    "site",
    "site_id",
    "site_name",
    "study_site",
    "locality",
    "location_name",
    "plot",
    "plot_id",
    "quadrat",
    "transect",
    "placename",
    "parcelle",
    "sitio",
    "parcela",
    "standort",
];
/// Columns of sequences, which are events already.
pub(in crate::answers::table) const SEQUENCES: &[&str] =
    &["seq_id", "sequence_id", "sequence", "burst_id", "burst", "event_id", "event"];

#[cfg(test)]
mod tests {
    use super::super::normalised;
    use super::*;

    #[test]
    fn names_are_in_one_spelling() {
        for word in [TIMES, DATES, TIMES_OF_DAY, CAMERAS, SITES, SEQUENCES].into_iter().flatten() {
            assert_eq!(normalised(word), **word);
        }
    }
}

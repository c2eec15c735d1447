//! The lists that a report weighs answers with: read before the predictions, for they say what these are grouped by.

use crate::answers::prior::{Prior, PriorError, PriorFile, Priors, Purpose};
use crate::answers::table::{self, TableError, TableOptions, TableSource, Tables};
use crate::taxonomy::Taxonomy;

/// Lists of taxa, before the taxonomy is known.
pub(super) struct PriorFiles(Vec<PriorFile>);

impl PriorFiles {
    /// Reads a prior and a geofence, where they are given; `asked` are the columns that images are grouped by.
    pub fn read([prior, geofence]: [Option<&TableSource>; 2], asked: &[String]) -> Result<PriorFiles, PriorError> {
        let files = [(prior, Purpose::Prior), (geofence, Purpose::Geofence)];
        let read = |(source, purpose): (Option<&TableSource>, Purpose)| Some(PriorFile::read(source?, purpose, asked));
        files.into_iter().filter_map(read).collect::<Result<_, _>>().map(PriorFiles)
    }

    /// Reads predictions, grouped by what the lists are by as well.
    pub fn tables<'t>(
        &self,
        predictions: &TableSource,
        taxonomy: Option<&'t Taxonomy>,
        options: &TableOptions,
    ) -> Result<Tables<'t>, PriorError> {
        let mut options = options.clone();
        for grouping in self.0.iter().filter_map(PriorFile::grouping) {
            if !options.group_columns.iter().any(|known| known == grouping) {
                options.group_columns.push(grouping.to_string());
            }
        }
        table::read_tables(predictions, taxonomy, &options).map_err(|source| {
            let TableError::NoSuchColumn { column, .. } = &source else { return source.into() };
            let by_it = self.0.iter().find(|file| file.grouping() == Some(column.as_str()));
            match by_it.map(|file| (file.path().to_path_buf(), column.clone())) {
                Some((path, column)) => PriorError::Grouping { path, column, source: Box::new(source) },
                None => source.into(),
            }
        })
    }

    /// The lists with their taxa; `None` without lists.
    pub fn priors(&self, taxonomy: &Taxonomy) -> Result<Option<Priors>, PriorError> {
        let priors: Vec<Prior> = self.0.iter().map(|file| Prior::of(file, taxonomy)).collect::<Result<_, _>>()?;
        Ok((!priors.is_empty()).then_some(Priors(priors)))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::report::options::Contents;
    use crate::report::scoring::{Scored, Scoring, ScoringError, Writing};
    use std::fs;
    use std::path::Path;

    /// Three images of two sites with the probabilities of three species.
    const PREDICTIONS: &str = "image,site,truth,label,score
1,coast,Bombus terrestris,Bombus lapidarius,0.5
1,coast,Bombus terrestris,Bombus terrestris,0.4
1,coast,Bombus terrestris,Apis mellifera,0.1
2,coast,Bombus lapidarius,Bombus lapidarius,0.6
2,coast,Bombus lapidarius,Bombus terrestris,0.4
3,alps,Apis mellifera,Apis mellifera,0.9
3,alps,Apis mellifera,Bombus terrestris,0.1
";

    fn scored(folder: &Path, prior: Option<&str>, geofence: Option<&str>) -> Result<Scored, ScoringError> {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        Scoring {
            taxonomy: Some("pollinators-france".to_string().into()),
            prior: prior.map(|text| write("prior.csv", text).into()),
            geofence: geofence.map(|text| write("fence.csv", text).into()),
            roll_up: Some("speciesnet".parse().unwrap()),
            ..Scoring::of(write("predictions.csv", PREDICTIONS))
        }
        .run()
    }

    #[test]
    fn lists_say_what_images_are_grouped_by_and_are_written_beside_the_numbers_without_them() {
        let folder = tempfile::tempdir().unwrap();
        let prior = "taxon,site,prior\nBombus terrestris,coast,2\nApis,coast,1\n";
        let scored = scored(folder.path(), Some(prior), None).unwrap();
        let (answers, found) = &scored.runs[0];
        assert_eq!(answers.groups[0].name, "site");
        let prior = found.prior.as_ref().unwrap().as_ref().unwrap();
        // 1 is mended, 2 is spoilt, and of the Alps nothing is known.
        assert_eq!((prior.changed, prior.better, prior.worse, prior.images.unknown_group), (2, 1, 1, 1));
        let list = &prior.lists[0];
        assert_eq!((list.images_of_unknown_group, list.first_unknown_group.as_deref()), (1, Some("alps")));
        assert_eq!(prior.mean_height.before, found.how_wrong.mean_height);
        let outside = &prior.rarities[0];
        assert_eq!((outside.n, outside.before, outside.after), (1, Some(1.0), Some(0.0)));
        // Of 2, 0.6 and 0.4 of one genus: it is rolled up to it, though the species may not be answered there.
        let roll_up = found.whole.as_ref().unwrap().decisions.rule("roll_up").unwrap();
        assert_eq!(roll_up.how_wrong.mistakes, 2);
        assert!(scored.sources.iter().any(|source| source.path.ends_with("prior.csv")));
        let report = folder.path().join("report");
        scored.write(&report, &Writing { contents: Contents::Everything, ..Writing::default() }).unwrap();
        let csv = fs::read_to_string(report.join("prior.csv")).unwrap();
        assert!(csv.starts_with("part,name,n,before,before_low,before_high,after"), "{csv}");
        assert!(csv.contains("\nrank,species,3,0.6666666666666666,") && csv.contains("\nrarity,outside,1,1,"), "{csv}");
        let page = fs::read_to_string(report.join("report.md")).unwrap();
        assert!(page.contains("that it does not have: 1, 'alps' the first; 'coast' is the first that it has."), "{page}");
        assert!(page.contains("right where the truth is outside its list") && page.contains("roll\\_up as speciesnet"), "{page}");
    }

    #[test]
    fn a_list_by_a_column_that_is_not_there_is_named_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let prior = "taxon,month,prior\nApis mellifera,5,1\n";
        let message = scored(folder.path(), Some(prior), None).unwrap_err().to_string();
        assert!(
            message.contains("prior.csv is by 'month', which sorts no images") && message.contains("no column 'month'"),
            "{message}"
        );
        // A list for all images needs no column.
        let fenced = scored(folder.path(), None, Some("Apis mellifera\nBombus terrestris\n")).unwrap();
        let prior = fenced.runs[0].1.prior.as_ref().unwrap().as_ref().unwrap();
        assert_eq!((prior.lists[0].kind, prior.lists[0].by.as_deref(), prior.images.weighted), ("geofence", None, 3));
    }
}

//! The place of a process among those that were started with it, as the environment tells it.
//!
//! Slurm tells two things: which element of an array a job is, and which task of the job a process is. Where both are
//! several, places are counted through: the tasks of the first element, then those of the second. Launchers inside a job
//! (`torchrun`, `mpirun`, `srun` with PMI) tell the second once more.

/// A place, counted from 0, among so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: usize,
    pub(super) of: usize,
}

/// Why an environment tells no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum LauncherError {
    #[error(
        "none of SLURM_ARRAY_TASK_ID with SLURM_ARRAY_TASK_COUNT, RANK with WORLD_SIZE, OMPI_COMM_WORLD_RANK with \
         OMPI_COMM_WORLD_SIZE, PMI_RANK with PMI_SIZE and SLURM_PROCID with SLURM_NTASKS is set; give --shard I/N"
    )]
    Nothing,
    #[error("{name} is '{value}', which is no number that fits; give --shard I/N")]
    Variable { name: &'static str, value: String },
    #[error("{first} disagrees with {second}; unset those of a launch that is not this one, or give --shard I/N")]
    Disagree { first: String, second: String },
    #[error(
        "SLURM_ARRAY_TASK_COUNT is {count}, with ids from {first} to {last}: these are some elements of an array, and nothing \
         says how many all are; give --shard $SLURM_ARRAY_TASK_ID/N"
    )]
    Elements { count: usize, first: usize, last: usize },
    #[error("SLURM_NTASKS is {0}, and this is the batch script, which runs once: start the tasks with srun, or give --shard I/N")]
    NoStep(usize),
}

/// What launchers call a rank and the number of all, those that are about one job last.
const RANKS: [(&str, &str); 4] = [
    ("RANK", "WORLD_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
];

/// Ids of steps that are no step: from here on Slurm means the batch script, an interactive shell and its own processes.
const NO_STEP: u64 = 0xffff_fff0;

/// A place, and the variables that tell it.
struct Told {
    place: Place,
    /// Those of the rank and of the number of all.
    names: (&'static str, &'static str),
    /// What they hold, as people write it.
    text: String,
}

impl Told {
    fn new(names: (&'static str, &'static str), place: Place, value: usize) -> Told {
        let text = format!("{}={value} with {}={}", names.0, names.1, place.of);
        Told { place, names, text }
    }

    /// Whether it is about the processes of one job; anybody may have set `RANK`, also by the place in an array.
    fn is_of_job(&self) -> bool {
        self.names.0 != RANKS[0].0
    }
}

/// The variables of a process, read by a function.
struct Variables<F>(F);

impl<F: Fn(&str) -> Option<String>> Variables<F> {
    /// A number; `None` where there is none.
    fn number(&self, name: &'static str) -> Result<Option<usize>, LauncherError> {
        let Some(value) = (self.0)(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| LauncherError::Variable { name, value })
    }

    /// The element of a Slurm array, from the first id on.
    fn array(&self) -> Result<Option<Told>, LauncherError> {
        let names = ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT");
        let (Some(id), Some(count)) = (self.number(names.0)?, self.number(names.1)?) else { return Ok(None) };
        let first = self.number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
        // An array with steps, such as 0-9:3, numbers its elements with gaps; a list, such as 3,5, has gaps and no step.
        let step = self.number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        if let Some(last) = self.number("SLURM_ARRAY_TASK_MAX")?
            && last.checked_sub(first).is_none_or(|length| length / step + 1 != count)
        {
            return Err(LauncherError::Elements { count, first, last });
        }
        let number = id.checked_sub(first).filter(|gap| gap.is_multiple_of(step)).map(|gap| gap / step);
        match number.filter(|&number| number < count) {
            Some(number) => Ok(Some(Told::new(names, Place { number, of: count }, id))),
            None => Err(LauncherError::Variable { name: names.0, value: id.to_string() }),
        }
    }

    /// The place that two variables tell.
    fn rank(&self, names: (&'static str, &'static str)) -> Result<Option<Told>, LauncherError> {
        let (Some(number), Some(of)) = (self.number(names.0)?, self.number(names.1)?) else { return Ok(None) };
        if number >= of {
            return Err(LauncherError::Variable { name: names.0, value: number.to_string() });
        }
        Ok(Some(Told::new(names, Place { number, of }, number)))
    }

    /// Whether this is a Slurm job outside of its steps: its variables are those of the first task, whoever runs there.
    fn is_batch_script(&self) -> bool {
        let step = (self.0)("SLURM_STEP_ID").or_else(|| (self.0)("SLURM_STEPID"));
        let in_step = step.and_then(|step| step.parse().ok()).is_some_and(|step: u64| step < NO_STEP);
        (self.0)("SLURM_JOB_ID").is_some() && !in_step
    }
}

/// The place that an environment tells.
///
/// # Errors
///
/// [`LauncherError`].
pub(super) fn place(variable: impl Fn(&str) -> Option<String>) -> Result<Place, LauncherError> {
    let variables = Variables(variable);
    let array = variables.array()?;
    let mut ranks = RANKS.into_iter().filter_map(|names| variables.rank(names).transpose()).collect::<Result<Vec<Told>, _>>()?;
    let tasks = ranks.pop_if(|last| last.names == RANKS[3] && variables.is_batch_script()).map(|told| told.place.of);
    // One of one says nothing beside others: a job of one task may be an element of an array.
    let several: Vec<&Told> = ranks.iter().filter(|told| told.place.of > 1).collect();
    if let Some(pair) = several.windows(2).find(|pair| pair[0].place != pair[1].place) {
        return Err(disagreeing(pair[0], pair[1]));
    }
    let array = array.filter(|told| told.place.of > 1 || several.is_empty());
    match (array, several.first()) {
        (Some(array), None) => Ok(array.place),
        (None, Some(rank)) => Ok(rank.place),
        (Some(array), Some(rank)) if several.iter().any(|told| told.is_of_job()) => {
            let (element, task) = (array.place, rank.place);
            Ok(Place { number: element.number * task.of + task.number, of: element.of * task.of })
        }
        (Some(array), Some(rank)) if array.place == rank.place => Ok(array.place),
        (Some(array), Some(rank)) => Err(disagreeing(&array, rank)),
        (None, None) => match (ranks.first(), tasks) {
            (Some(rank), _) => Ok(rank.place),
            (None, Some(tasks)) if tasks > 1 => Err(LauncherError::NoStep(tasks)),
            (None, _) => Err(LauncherError::Nothing),
        },
    }
}

fn disagreeing(first: &Told, second: &Told) -> LauncherError {
    LauncherError::Disagree { first: first.text.clone(), second: second.text.clone() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// The place that variables tell, written `NAME=VALUE NAME=VALUE`.
    fn told(environment: &str) -> Result<(usize, usize), String> {
        let variable = |name: &str| {
            let pairs = environment.split_whitespace().filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
        };
        place(variable).map(|place| (place.number, place.of)).map_err(|error| error.to_string())
    }

    /// Element 2 of an array from 1 to 5.
    const ARRAY: &str = "SLURM_JOB_ID=7 SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=5 \
                         SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=5 ";

    fn in_array(more: &str) -> Result<(usize, usize), String> {
        told(&(ARRAY.to_string() + more))
    }

    #[test]
    fn each_launcher_tells_rank_and_number() {
        assert_eq!(told("RANK=1 WORLD_SIZE=4"), Ok((1, 4)));
        assert_eq!(told("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4"), Ok((2, 4)));
        assert_eq!(told("PMI_RANK=0 PMI_SIZE=3"), Ok((0, 3)));
        assert_eq!(told("SLURM_PROCID=2 SLURM_NTASKS=3"), Ok((2, 3)));
        assert_eq!(told("RANK=0 WORLD_SIZE=1"), Ok((0, 1)));
        // As Slurm sets them for the third of three tasks that srun starts, with and without PMI.
        let step = "SLURM_JOB_ID=2 SLURM_STEP_ID=0 SLURM_STEPID=0 SLURM_NTASKS=3 SLURM_PROCID=2";
        assert_eq!(told(step), Ok((2, 3)));
        assert_eq!(told(&format!("{step} PMI_RANK=2 PMI_SIZE=3")), Ok((2, 3)));
        assert!(told("").unwrap_err().contains("none of SLURM_ARRAY_TASK_ID"));
        assert!(told("RANK=1 SLURM_PROCID=0").unwrap_err().contains("none of"), "a rank without a number tells nothing");
        assert!(told("RANK=4 WORLD_SIZE=4").unwrap_err().starts_with("RANK is '4', which is no number that fits"));
        assert!(told("PMI_RANK=-1 PMI_SIZE=4").unwrap_err().starts_with("PMI_RANK is '-1'"));
    }

    #[test]
    fn two_that_disagree_are_named_and_one_of_one_says_nothing() {
        let message = told("RANK=1 WORLD_SIZE=4 SLURM_PROCID=2 SLURM_NTASKS=4").unwrap_err();
        assert!(message.starts_with("RANK=1 with WORLD_SIZE=4 disagrees with SLURM_PROCID=2 with SLURM_NTASKS=4;"), "{message}");
        let message = told("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4 PMI_RANK=1 PMI_SIZE=2").unwrap_err();
        assert!(message.contains("OMPI_COMM_WORLD_SIZE=4 disagrees with PMI_RANK=1"), "{message}");
        assert_eq!(told("RANK=0 WORLD_SIZE=1 SLURM_PROCID=2 SLURM_NTASKS=4"), Ok((2, 4)));
        assert_eq!(told("RANK=3 WORLD_SIZE=4 SLURM_PROCID=0 SLURM_NTASKS=1"), Ok((3, 4)));
    }

    #[test]
    fn an_element_of_an_array_is_a_shard_and_its_tasks_share_it() {
        // The batch script itself, and one task by srun.
        assert_eq!(in_array("SLURM_PROCID=0"), Ok((2, 5)));
        assert_eq!(in_array("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1"), Ok((2, 5)));
        // The batch script of an element that asks for three tasks and starts none.
        assert_eq!(in_array("SLURM_PROCID=0 SLURM_NTASKS=3"), Ok((2, 5)));
        // Three tasks by srun; by mpirun in the batch script; by srun with torch's names for the same.
        assert_eq!(in_array("SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=3"), Ok((7, 15)));
        assert_eq!(in_array("SLURM_PROCID=0 SLURM_NTASKS=3 OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3"), Ok((8, 15)));
        assert_eq!(in_array("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=3 RANK=0 WORLD_SIZE=3"), Ok((6, 15)));
        // RANK alone may be the place in the array or that in the element: only the first can be told.
        assert_eq!(in_array("RANK=2 WORLD_SIZE=5"), Ok((2, 5)));
        let message = in_array("RANK=1 WORLD_SIZE=3").unwrap_err();
        assert!(message.starts_with("SLURM_ARRAY_TASK_ID=3 with SLURM_ARRAY_TASK_COUNT=5 disagrees with RANK=1"), "{message}");
        // An array of one element is none.
        let one = "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=1 SLURM_ARRAY_TASK_COUNT=1";
        assert_eq!(told(one), Ok((0, 1)));
        assert_eq!(told(&format!("{one} RANK=1 WORLD_SIZE=3")), Ok((1, 3)));
    }

    #[test]
    fn arrays_with_steps_have_places_and_lists_have_none() {
        // --array=10-40:10: the third of four elements is number 30.
        let stepped = "SLURM_ARRAY_TASK_ID=30 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=10";
        assert_eq!(told(stepped), Ok((2, 4)));
        assert_eq!(told(&format!("{stepped} SLURM_ARRAY_TASK_MAX=40")), Ok((2, 4)));
        // --array=0-9:3 is 0, 3, 6 and 9; 0-8:3 ends at 6.
        let of = |id: usize, last: usize, count: usize| {
            format!(
                "SLURM_ARRAY_TASK_ID={id} SLURM_ARRAY_TASK_COUNT={count} SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX={last} \
                 SLURM_ARRAY_TASK_STEP=3"
            )
        };
        assert_eq!((told(&of(9, 9, 4)), told(&of(6, 6, 3)), told(&of(6, 8, 3))), (Ok((3, 4)), Ok((2, 3)), Ok((2, 3))));
        assert!(told(&of(7, 9, 4)).unwrap_err().starts_with("SLURM_ARRAY_TASK_ID is '7'"));
        // --array=3,5: two elements of some array, whose length Slurm does not say.
        let list = "SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=5 SLURM_ARRAY_TASK_STEP=1";
        for id in [3, 5] {
            let message = told(&format!("SLURM_ARRAY_TASK_ID={id} {list}")).unwrap_err();
            assert!(message.contains("is 2, with ids from 3 to 5") && message.contains("$SLURM_ARRAY_TASK_ID/N"), "{message}");
        }
    }

    #[test]
    fn a_batch_script_is_no_task() {
        let batch = "SLURM_JOB_ID=2 SLURM_PROCID=0 SLURM_NTASKS=3";
        assert!(told(batch).unwrap_err().starts_with("SLURM_NTASKS is 3, and this is the batch script"));
        // A shell that salloc opens is a step of its own kind, and no task either.
        assert!(told(&format!("{batch} SLURM_STEP_ID=4294967290")).unwrap_err().contains("start the tasks with srun"));
        assert_eq!(told(&format!("{batch} OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=3")), Ok((1, 3)));
        assert!(told("SLURM_JOB_ID=2 SLURM_PROCID=0 SLURM_NTASKS=1").unwrap_err().starts_with("none of"));
    }
}

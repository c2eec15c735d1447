# What the scripts beside this file do, and how. This file is yours to edit; the scripts can stay as they are.
# shellcheck shell=bash disable=SC2034  # the scripts read these

# The photographs, as classify takes them: folders, archives, or a manifest and its folder. Paths that all nodes see.
PHOTOS=(photos/)
MODEL=hf-hub:imageomics/bioclip-2
TAXONOMY=pollinators-france
# Further options of classify. A batch of 64 suits a GPU; another batch may move the last digits, so keep to one.
CLASSIFY=(--recipe single --batch 64 --device cuda)

# The run directory. Its shards lie beside it, and their scores in the folder of states.
RUN=runs/bees
STATES=runs/bees-states
REPORT=reports/bees
# Further options of the report on the joined run; the latent space of very many photographs takes its time.
REPORTING=(--no-latent)
# How many elements share the work, 1000 at most where the site has not raised MaxArraySize. It cannot change under way.
SHARDS=8

# What sbatch is told besides what stands in the scripts: account, partition, time, %N for N elements at a time.
ARRAY=(--time=04:00:00)
AFTER=(--time=01:00:00)
# How often an element that was preempted or ran out of time starts again by itself. 0 where the site requeues on
# exit code 75 (RequeueExit in slurm.conf) or nothing may come back by itself.
RESTARTS=20

# no: photographs are read where they lie. yes: each element first copies PHOTOS, which are then paths from the folder that
# the scripts are started in, to the disk of its node ($SLURM_TMPDIR, else $TMPDIR, else /tmp). Other files, such as one of
# --labels, are then named by their whole paths.
STAGE=no

# The program. For Apptainer (packaging/nearmiss.def):
#   NEARMISS=(apptainer exec --nv --bind /scratch,/project nearmiss.sif nearmiss)
NEARMISS=(nearmiss)

# Where models and candidates' vectors are kept: a file system that all nodes see. Download the model once before; nodes
# mostly have no net.
export HF_HOME=${HF_HOME:-$HOME/.cache/huggingface}
export HF_HUB_OFFLINE=1

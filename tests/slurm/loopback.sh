# A Slurm of one's own on the loopback, for those who source this: munged, one slurmctld and one slurmd in a temporary folder, with
# nothing of the system's own Slurm touched. As root.
# shellcheck shell=bash

# Starts it below the folder $1, with $2 GPUs that are none, and says in SLURM_CONF where it is.
slurm_start() {
  local folder=$1 gpus=$2 host ports gpu
  host=$(hostname -s)
  # Ports that nobody has now.
  read -r -a ports < <(python3 -c 'import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[one.getsockname()[1] for one in held])')
  mkdir -p "$folder"/{munge,state,spool,gpus}
  chmod 755 "$folder" "$folder/munge"
  dd if=/dev/urandom bs=1024 count=1 of="$folder/munge.key" 2>/dev/null
  chmod 400 "$folder/munge.key"
  chown munge "$folder/munge.key" "$folder/munge"
  runuser -u munge -- "$(command -v munged || echo /usr/sbin/munged)" --force --key-file="$folder/munge.key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" || return
  cat > "$folder/slurm.conf" <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
# What the node is said to have, not what it has.
SlurmdParameters=config_overrides
GresTypes=gpu
ReturnToService=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
MinJobAge=3600
KillWait=20
# A minute of grace, so that who stops by itself when its time is up is told from who is stopped.
OverTimeLimit=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=$host NodeAddr=127.0.0.1 CPUs=64 RealMemory=64000 Gres=gpu:$gpus State=UNKNOWN
PartitionName=gpu Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=OFF
PartitionName=spare Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=60
PartitionName=urgent Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
CONF
  for ((gpu = 0; gpu < gpus; gpu++)); do ln -s /dev/null "$folder/gpus/$gpu"; done
  echo "NodeName=$host Name=gpu File=$folder/gpus/[0-$((gpus - 1))]" > "$folder/gres.conf"
  export SLURM_CONF=$folder/slurm.conf
  PATH=$PATH:/usr/sbin
  slurmctld -c && slurmd || return
  for _ in $(seq 100); do
    if [ "$(sinfo -h -p gpu -o %T 2>/dev/null)" = idle ]; then return 0; fi
    sleep 0.1
  done
  sinfo
  return 1
}

# Ends what slurm_start has begun below the folder $1, whatever is left of it.
slurm_stop() {
  local folder=$1 name pid
  [ -e "$folder/slurm.conf" ] || return 0
  scancel --full --signal=KILL --user="$(id -un)" 2>/dev/null
  scancel --user="$(id -un)" 2>/dev/null
  for _ in $(seq 50); do
    if [ -z "$(squeue -h -t R,CG 2>/dev/null)" ]; then break; fi
    sleep 0.1
  done
  for name in slurmd.pid slurmctld.pid munge/pid; do
    pid=$(cat "$folder/$name" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do
      if ! kill -0 "$pid" 2>/dev/null; then continue 2; fi
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null
  done
  return 0
}

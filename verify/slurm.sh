#!/bin/sh
# Runs a line of shell where Slurm has two nodes, n1 and n2, both this machine: verify/slurm.sh FOLDER LINE. All that
# Slurm writes lies in FOLDER, and nothing of it is left running. Exits with 77 where Slurm is not installed or does not
# start, and says why.
set -u
PATH=$PATH:/usr/sbin
skip() { printf 'skipped: %s\n' "$1"; exit 77; }
for program in munged slurmctld slurmd srun pgrep; do
  command -v "$program" >/dev/null || skip "no $program; on Debian: apt-get install slurm-wlm munge procps"
done
folder=$(cd -- "$1" && pwd) && cd -- "$folder" || exit 2
mkdir -p state spool/n1 spool/n2 tmp/n1 tmp/n2

# Three ports in a row on which nobody listens, below those that the system gives to clients.
is_free() { ! grep -qs "$(printf ':%04X 0000' "$1")" /proc/net/tcp /proc/net/tcp6; }
port=$((20000 + $$ % 10000))
until is_free "$port" && is_free $((port + 1)) && is_free $((port + 2)); do port=$((port + 3)); done
[ "$(slurmd -V | tr -dc '0-9.' | cut -d. -f1)" -ge 23 ] && cgroups=disabled || cgroups=cgroup/v1
echo "CgroupPlugin=$cgroups" >cgroup.conf
cat >slurm.conf <<END
ClusterName=verify
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
MailProg=/bin/true
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
TmpFS=$folder/tmp/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
NodeName=n[1-2] NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 2))] CPUs=2
PartitionName=all Nodes=ALL Default=YES
END
(umask 077 && head -c 1024 /dev/urandom >key)

# Steps outlive their daemons; they and what they started are known by their environment.
of_slurm() (unset SLURM_CONF && grep -ls "SLURM_CONF=$folder/" /proc/[0-9]*/environ | cut -d/ -f3)
daemons=
end_all() {
  [ -z "$daemons" ] || kill $daemons 2>/dev/null
  until [ -z "$(of_slurm)" ]; do
    kill -KILL $(of_slurm) 2>/dev/null
    sleep 0.05
  done
  wait
}
trap end_all EXIT
trap 'exit 143' TERM INT HUP
start() { "$@" >>daemons.log 2>&1 & daemons="$daemons $!"; }
# Ten seconds for all of them; one that cannot go on says so in the last line, or calls it fatal.
export SLURM_CONF="$folder/slurm.conf"
: >daemons.log
last=$(($(date +%s) + 10))
go_on() {
  [ "$(date +%s)" -lt "$last" ] && ! grep -qiE 'fatal:|munged: error' daemons.log ||
    skip "Slurm does not start: $({ tail -n 1 daemons.log; grep -iE 'fatal:|munged: error' daemons.log; } | tail -n 1)"
  sleep 0.1
}
start munged --foreground --force --socket="$folder/munge.socket" --key-file="$folder/key" \
  --pid-file="$folder/munged.pid" --seed-file="$folder/seed"
until [ -S munge.socket ]; do go_on; done
start slurmctld -D -c
for node in n1 n2; do start slurmd -D -N "$node"; done
until [ "$(timeout 1 sinfo --noheader --format=%D%t 2>/dev/null)" = 2idle ]; do go_on; done
eval "$2"

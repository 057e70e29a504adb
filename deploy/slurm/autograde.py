"""Grade an assignment with workers that Slurm starts: see docs/scaling.md.

    python deploy/slurm/autograde.py ex01_sequential --jobs 8

Runs in the course directory on a login node. Needs the package dask-jobqueue; the partition, the
account and the like come from Dask's own configuration (jobqueue.yaml), as at any other use of it.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster


def main() -> int:
    """Start the scheduler here and the workers by Slurm; grade; end them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--jobs", type=int, default=8, help="Slurm jobs, of --cores workers each")
    parser.add_argument("--cores", type=int, default=8, help="cores of a job")
    parser.add_argument("--walltime", default="02:00:00", help="of a job")
    parser.add_argument("--print-job", action="store_true", help="show the job and end")
    options, further = parser.parse_known_args()

    with SLURMCluster(
        cores=options.cores,
        processes=options.cores,  # a worker grades one submission at a time
        memory=f"{4 * options.cores} GB",
        walltime=options.walltime,
        python=sys.executable,
        # The sandbox limits memory itself, and a training depends on the number of threads.
        worker_extra_args=["--memory-limit=0", "--no-dashboard"],
        scheduler_options={"dashboard_address": None},
        job_script_prologue=[
            "export OMP_NUM_THREADS=1",
            "export DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED=False",
        ],
        local_directory="/tmp",
    ) as cluster:
        if options.print_job:
            print(cluster.job_script())
            return 0
        cluster.scale(jobs=options.jobs)
        warmgrader = Path(sys.executable).with_name("warmgrader")
        address = f"--scheduler={cluster.scheduler_address}"
        command = [warmgrader, "autograde", options.assignment, address, *further]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

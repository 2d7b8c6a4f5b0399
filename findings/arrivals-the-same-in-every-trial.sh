#!/usr/bin/env bash
# Ciw 3.2.7: a network with time-dependent arrivals has the same arrivals in every trial, whatever the seed.
#
# Expected beforehand: from trial to trial, each with a seed of its own, the number of arrivals varies as a Poisson number
# does (variance 100 for a mean of 100), as it does with the same network and exponential times between arrivals. Seen:
# variance 0, the very same moments in every trial, whatever the seed. PoissonIntervals draws when it is written down, not
# when it is run; the manual says that the schedule is there before the run, not that the trials share it. The spread of
# mean waits comes out at 0.20 h instead of 0.33 h, so an interval from the trials is much too narrow.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "Ciw==3.2.7"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata
import statistics
import warnings

import ciw

print("Ciw", metadata.version("Ciw"))
warnings.simplefilter("error")
HOURS, TRIALS = 10, 60


def by_the_hour():
    """100 letters on average: 6 an hour before noon, 14 after."""
    return ciw.dists.PoissonIntervals(rates=[6, 14], endpoints=[HOURS / 2, HOURS], max_sample_date=HOURS)


def network_of(arrivals):
    """One clerk, 5 minutes a letter on average."""
    return ciw.create_network(
        arrival_distributions=[arrivals], service_distributions=[ciw.dists.Exponential(rate=12)], number_of_servers=[1]
    )


def trials(network, anew=None):
    """Letters, mean wait and moments of arrival of each trial; with anew the network is written down again in each."""
    letters, waits, moments = [], [], set()
    for trial in range(TRIALS):
        ciw.seed(trial)
        run = ciw.Simulation(network if anew is None else anew())
        run.simulate_until_max_time(10 * HOURS)
        records = [record for record in run.get_all_records() if record.arrival_date < HOURS]
        letters.append(len(records))
        waits.append(statistics.mean(record.waiting_time for record in records))
        moments.add(tuple(sorted(record.arrival_date for record in records)))
    return statistics.variance(letters), statistics.stdev(waits), len(moments)


ciw.seed(2026)
found = {
    "exponential, network made once": trials(network_of(ciw.dists.Exponential(rate=10))),
    "by the hour, network made once": trials(network_of(by_the_hour())),
    "by the hour, network made anew": trials(None, lambda: network_of(by_the_hour())),
}
for name, (variance, spread, different) in found.items():
    print(f"{name}: variance of letters {variance:.1f}, spread of mean waits {spread:.3f} h, streams {different} of {TRIALS}")
once, shared, anew = found.values()
right_otherwise = min(once[0], anew[0]) > 50 and once[2] == anew[2] == TRIALS
raise SystemExit(0 if shared[0] == 0 and shared[2] == 1 and shared[1] < anew[1] and right_otherwise else 1)
PYTHON

"""Processes that time the same thing in different engines and take turns, so that what else the machine does falls on all
alike.

A process says `ready`, then answers each line with a number on it by that many times in milliseconds. When its input
ends, some print how much memory they had at most.
"""

import os
import statistics
import subprocess
import tempfile
import time

# Long enough for the threads of the one before, which spin at the end of their work, to have gone to sleep.
PAUSE = 0.01


class DidNotStart(Exception):
    """An engine ended before it was ready; the text is what it said last."""


class Engine:
    """A process that times on request."""

    def __init__(self, name, command, threads):
        self.name, self.times, self.kilobytes = name, [], None
        count = str(threads)
        env = dict(os.environ, OMP_NUM_THREADS=count, LUCID_THREADS=count)
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, env=env)
        # Engines print of their own accord, too.
        words = []
        while words[:1] != ["ready"]:
            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                self.errors.seek(0)
                said = self.errors.read().strip().splitlines()
                raise DidNotStart(said[-1] if said else f"ended with status {self.process.returncode}")
            words = line.split()
        if len(words) > 1:
            self.kilobytes = int(words[1])

    def ask(self, count):
        """The times of so many more runs, in milliseconds."""
        time.sleep(PAUSE)
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended in the middle of its work")
        return [float(t) for t in answer.split()]

    def run(self, count=1):
        self.times += self.ask(count)

    def close(self):
        self.process.stdin.close()
        rest = self.process.stdout.read().split()
        if self.kilobytes is None and rest:
            self.kilobytes = int(rest[-1])
        self.process.wait()
        self.errors.close()

    @property
    def median(self):
        return statistics.median(self.times)

    @property
    def megabytes(self):
        return self.kilobytes / 1024


def take_turns(engines, rounds, runs=1, warm=0):
    """Lets the engines run one after the other, some rounds; the first `warm` ones of which do not count."""
    for engine in engines:
        if warm:
            engine.ask(warm)
    for _ in range(rounds):
        for engine in engines:
            engine.run(runs)

#!/usr/bin/env python3
"""The engines that Lucid is compared with, one class each, and the process in which one of them runs.

    engines.py prepare NAME FOLDER MODEL BATCH       writes the file that the engine reads
    engines.py serve NAME FOLDER MODEL BATCH --threads N [--callers 2] [--output logits.npy]

A class says which packages it needs, converts the network to its form, loads that, and runs it once when called. Each
computes in float32 with the settings that its documentation recommends for a CPU.
"""

import argparse
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import threading
import time

import networks


class Peer:
    """One engine with one network loaded."""

    packages = ()
    # Whether another batch than 1 is a thing that it does.
    does_batches = True

    @classmethod
    def missing(cls):
        """Why the engine cannot be here; None where it can."""
        absent = [p for p in cls.packages if not importlib.util.find_spec(p)]
        return f"{', '.join(absent)} not installed" if absent else None

    @classmethod
    def convert(cls, files):
        """Writes the form of the network that the engine reads."""

    def __init__(self, files, threads, callers):
        self.x = networks.pictures(files)

    def __call__(self):
        """The logits for the pictures."""
        raise NotImplementedError

    def sibling(self):
        """What a second caller uses at the same time: the same network, not a copy of it."""
        return self


class Torch(Peer):
    """PyTorch, in whichever of its two memory formats is faster for the network."""

    packages = ("torch", "torchvision", "safetensors")

    def __init__(self, files, threads, callers):
        super().__init__(files, threads, callers)
        import torch

        torch.set_num_threads(threads)
        self.torch, self.network, self.input = torch, networks.loaded(files), torch.from_numpy(self.x)

    def __call__(self):
        with self.torch.inference_mode():
            return self.network(self.input).numpy()

    def choose(self):
        """Takes channels_last, where that is faster."""

        def best():
            times = []
            for _ in range(4):
                start = time.perf_counter()
                self()
                times.append(time.perf_counter() - start)
            return min(times)

        plain, contiguous = best(), self.input
        form = self.torch.channels_last
        self.network, self.input = self.network.to(memory_format=form), self.input.to(memory_format=form)
        if best() > plain:
            self.network, self.input = self.network.to(memory_format=self.torch.contiguous_format), contiguous


class TorchCompile(Torch):
    """PyTorch's compiler with frozen parameters."""

    @classmethod
    def missing(cls):
        return super().missing() or (None if shutil.which("g++") or shutil.which("clang++") else "no C++ compiler")

    def __init__(self, files, threads, callers):
        super().__init__(files, threads, callers)
        import torch._inductor.config

        torch._inductor.config.freezing = True
        for parameter in self.network.parameters():
            parameter.requires_grad = False
        self.network = self.torch.compile(self.network)

    def __call__(self):
        with self.torch.no_grad():
            return self.network(self.input).numpy()

    def choose(self):
        """The compiler chooses the format itself."""


class FromONNX(Peer):
    """An engine that reads ONNX files as they are."""

    @classmethod
    def convert(cls, files):
        networks.export(files)


class ONNXRuntime(FromONNX):
    """ONNX Runtime's CPU provider."""

    packages = ("onnxruntime", "onnx")

    def __init__(self, files, threads, callers):
        super().__init__(files, threads, callers)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            str(files.form("onnx")), options, providers=["CPUExecutionProvider"])

    def __call__(self):
        return self.session.run(None, {"x": self.x})[0]


class OpenVINO(FromONNX):
    """OpenVINO's CPU plugin: the latency hint for one caller, a stream for each of several."""

    packages = ("openvino", "onnx")

    def __init__(self, files, threads, callers):
        super().__init__(files, threads, callers)
        import openvino

        core = openvino.Core()
        settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads * callers}
        settings |= {"PERFORMANCE_HINT": "LATENCY"} if callers == 1 else {"NUM_STREAMS": callers}
        self.compiled = core.compile_model(core.read_model(str(files.form("onnx"))), "CPU", settings)
        self.request = self.compiled.create_infer_request()

    def __call__(self):
        return self.request.infer({0: self.x})[0]

    def sibling(self):
        other = object.__new__(OpenVINO)
        other.x, other.compiled, other.request = self.x, self.compiled, self.compiled.create_infer_request()
        return other


class MNN(Peer):
    """MNN's sessions in full precision."""

    packages = ("MNN", "_tools", "onnx")

    @classmethod
    def convert(cls, files):
        # Its program mnnconvert also sends a report to the vendor and installs a package for that; its module does not.
        arguments = ["mnnconvert", "-f", "ONNX", "--modelFile", str(networks.export(files)),
                     "--MNNModel", str(files.form("mnn")), "--bizCode", "benchmark"]
        run([sys.executable, "-c", f"import _tools; _tools.mnnconvert({arguments!r})"], files.form("mnn"))

    def __init__(self, files, threads, callers):
        super().__init__(files, threads, callers)
        import MNN as mnn
        import numpy as np

        self.mnn, self.threads = mnn, threads
        self.interpreter = mnn.Interpreter(str(files.form("mnn")))
        # Its tensors on this side have no copies of their own: the arrays have to stay.
        self.given = self.tensor(self.x)
        self.logits = np.zeros(np.load(files.reference, mmap_mode="r").shape, np.float32)
        self.begin()

    def begin(self):
        self.session = self.interpreter.createSession(
            {"backend": "CPU", "precision": "high", "numThread": self.threads})
        self.input = self.interpreter.getSessionInput(self.session)
        self.output = self.interpreter.getSessionOutput(self.session)

    def tensor(self, array):
        kind = self.mnn.Tensor_DimensionType_Caffe
        return self.mnn.Tensor(array.shape, self.mnn.Halide_Type_Float, array, kind)

    def __call__(self):
        import numpy as np

        self.input.copyFrom(self.given)
        self.interpreter.runSession(self.session)
        taken = self.tensor(self.logits)
        self.output.copyToHostTensor(taken)
        return np.array(taken.getData(), np.float32).reshape(self.logits.shape)

    def sibling(self):
        """A session is for one caller; another of the same interpreter shares the network."""
        other = object.__new__(MNN)
        other.__dict__ = dict(self.__dict__)
        other.logits = self.logits.copy()
        other.begin()
        return other


class NCNN(Peer):
    """ncnn in float32, which knows no batches."""

    packages = ("ncnn", "pnnx")
    does_batches = False

    @classmethod
    def convert(cls, files):
        import pnnx
        import torch

        x = torch.from_numpy(networks.pictures(files))
        trace = files.form("pt")
        torch.jit.trace(networks.loaded(files), x).save(str(trace))
        shape = ",".join(str(n) for n in x.shape)
        run([pnnx.EXEC_PATH, trace.name, f"inputshape=[{shape}]", "fp16=0"], files.form("ncnn.bin"))

    def __init__(self, files, threads, callers):
        super().__init__(files, threads, callers)
        import ncnn

        self.ncnn, self.net = ncnn, ncnn.Net()
        self.net.opt.num_threads = threads
        for name in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
            setattr(self.net.opt, f"use_{name}", False)
        for load, ending in ((self.net.load_param, "param"), (self.net.load_model, "bin")):
            if load(str(files.form(f"ncnn.{ending}"))) != 0:
                raise RuntimeError(f"ncnn cannot load {files.form(f'ncnn.{ending}').name}")

    def __call__(self):
        import numpy as np

        extractor = self.net.create_extractor()
        extractor.input("in0", self.ncnn.Mat(self.x[0]))
        return np.array(extractor.extract("out0")[1])[None]


PEERS = {
    "torch": Torch, "torch.compile": TorchCompile, "onnxruntime": ONNXRuntime, "openvino": OpenVINO, "MNN": MNN,
    "ncnn": NCNN,
}


def run(command, made):
    """Runs a converter in the folder of the file that it makes."""
    result = subprocess.run(command, cwd=made.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0 or not made.exists():
        said = result.stdout.strip().splitlines()
        raise SystemExit(f"{pathlib.Path(command[0]).name}: {said[-1] if said else 'nothing was written'}")


def peak_kilobytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def serve(name, files, threads, callers, output):
    """Says `ready` and its peak memory after the first run; see turns.py."""
    import numpy as np

    peer = PEERS[name](files, threads, callers)
    logits = peer()
    memory = peak_kilobytes()
    np.save(output, logits)
    if isinstance(peer, Torch):
        peer.choose()
    team = [peer] + [peer.sibling() for _ in range(callers - 1)]
    print(f"ready {memory}", flush=True)
    for line in sys.stdin:
        count = int(line)
        if callers == 1:
            times = []
            for _ in range(count):
                start = time.perf_counter()
                peer()
                times.append((time.perf_counter() - start) * 1e3)
        else:
            start = time.perf_counter()
            threads = [threading.Thread(target=lambda one=one: [one() for _ in range(count)]) for one in team]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            times = [(time.perf_counter() - start) * 1e3]
        print(" ".join(f"{t:.3f}" for t in times), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["prepare", "serve"])
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("model")
    parser.add_argument("batch", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--callers", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    files = networks.Files(options.folder, options.model, options.batch)
    if options.command == "prepare":
        PEERS[options.name].convert(files)
    else:
        serve(options.name, files, options.threads, options.callers, options.output)


if __name__ == "__main__":
    main()

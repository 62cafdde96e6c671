"""The networks that are compared: the same parameters and pictures for every engine, as files in a folder."""

import contextlib
import dataclasses
import os
import pathlib


@dataclasses.dataclass(frozen=True)
class Files:
    """What an engine reads and writes for one network and one size of batch."""

    folder: pathlib.Path
    model: str
    batch: int

    @property
    def parameters(self):
        return self.folder / "parameters.safetensors"

    @property
    def lucid(self):
        """The same parameters by the names that Lucid's model has."""
        return self.folder / "lucid.safetensors"

    @property
    def pictures(self):
        return self.folder / f"x{self.batch}.npy"

    @property
    def reference(self):
        """PyTorch's logits."""
        return self.folder / f"reference{self.batch}.npy"

    def form(self, ending):
        """The network in the form of one engine, for this size of batch."""
        return self.folder / f"batch{self.batch}.{ending}"


def build(model):
    """torchvision's network of this name, else timm's port of TensorFlow's, with random parameters."""
    import torchvision

    if hasattr(torchvision.models, model):
        return getattr(torchvision.models, model)()
    import timm

    return timm.create_model("tf_" + model)


def loaded(files):
    import safetensors.torch

    network = build(files.model)
    network.load_state_dict(safetensors.torch.load_file(files.parameters))
    return network.eval()


def size(model):
    """The height and width of the pictures that the network was published for."""
    return {"efficientnet_lite1": 240, "efficientnet_lite2": 260}.get(model, 224)


def write(folder, model, batches, names, threads):
    """Writes the parameters, pictures and reference logits of one network.

    The parameters are the network's own random initialization with a seed; the statistics of batch norms are those of
    random pictures, so that numbers stay in the range that they have in a trained network. `names` are Lucid's with the
    shapes, in order.
    """
    import numpy as np
    import safetensors.torch
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network, edge = build(model).eval(), size(model)
    norms = [m for m in network.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    with torch.no_grad():
        for _ in range(2 if norms else 0):
            network(torch.randn(8, 3, edge, edge))
    network.eval()
    files = Files(pathlib.Path(folder), model, 0)
    state = network.state_dict()
    if [(name, tuple(t.shape)) for name, t in state.items()] == names:
        safetensors.torch.save_file(state, files.parameters)
        os.link(files.parameters, files.lucid)
    else:
        # Published files may name layers otherwise, but in the same order, which the shapes confirm.
        if [tuple(t.shape) for t in state.values()] != [shape for _, shape in names]:
            raise SystemExit(f"{model}: Lucid's parameters have other shapes than the reference's")
        safetensors.torch.save_file(state, files.parameters)
        safetensors.torch.save_file({name: t for (name, _), t in zip(names, state.values())}, files.lucid)
    pictures = torch.randn(max(batches), 3, edge, edge)
    with torch.no_grad():
        logits = network(pictures).numpy()
    for batch in batches:
        files = dataclasses.replace(files, batch=batch)
        np.save(files.pictures, pictures[:batch].numpy())
        np.save(files.reference, logits[:batch])


def export(files):
    """The network as ONNX, exported once."""
    path = files.form("onnx")
    if not path.exists():
        import torch

        x = torch.from_numpy(pictures(files))
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            torch.onnx.export(loaded(files), (x,), str(path), input_names=["x"], output_names=["y"], dynamo=False)
    return path


def pictures(files):
    import numpy as np

    return np.load(files.pictures)

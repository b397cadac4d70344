"""The Muon optimizer for convolutions."""

from __future__ import annotations

import math

import keras
from keras import ops

NARROWEST = 16  # a kernel with fewer inputs or outputs than this has too little to orthogonalise


class Muon(keras.optimizers.Muon):  # type: ignore[misc]
    """Muon (Jordan and others, 2024) takes each kernel as one matrix, inputs by outputs.

    Keras' own leaves all but dense layers to AdamW, and convolutions are all that we have. The
    scale of the steps is that of Liu and others: Muon is scalable for LLM training, 2025.
    """

    def _should_use_adamw(self, variable: keras.Variable) -> bool:
        *inputs, outputs = variable.shape
        return len(variable.shape) != 4 or min(math.prod(inputs), outputs) < NARROWEST

    def _muon_update_step(
        self,
        gradient: keras.KerasTensor,
        variable: keras.Variable,
        lr: keras.KerasTensor,
        m: keras.Variable,
    ) -> None:
        self.assign(m, ops.add(gradient, m * self.momentum))
        ahead = ops.add(gradient, m * self.momentum)
        matrix = ops.reshape(ahead, (-1, variable.shape[-1]))
        update = self.lr_adjust(lr * self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, ops.reshape(update, variable.shape))

"""The loss that teaches a line its digits without saying where they stand."""

from __future__ import annotations

from typing import Any

from digitocr.tune.drawn_lines import PAD


def ctc_loss(digits: Any, logits: Any) -> Any:
    """Mean over the batch; tensors: digits (N, L) padded with PAD, logits (N, T, 11), blank last.

    Connectionist temporal classification: Graves and others, ICML 2006.
    """
    import tensorflow as tf

    blank = tf.reduce_all(digits == PAD, axis=1)
    # The kernel refuses an empty line; its only path is known: a blank at every step.
    filled = tf.where(blank[:, None] & (tf.range(tf.shape(digits)[1]) == 0), 0, digits)
    where = tf.where(filled != PAD)
    labels = tf.SparseTensor(
        where, tf.gather_nd(filled, where), tf.shape(filled, out_type=tf.int64)
    )
    frames = tf.fill(tf.shape(logits)[:1], tf.shape(logits)[1])
    written = tf.nn.ctc_loss(labels, logits, None, frames, logits_time_major=False, blank_index=-1)
    empty = -tf.reduce_sum(tf.nn.log_softmax(logits)[..., -1], axis=1)
    return tf.reduce_mean(tf.where(blank, empty, written))

import logging
import os


def mean(values):
    logging.getLogger().error("computing")
    os.write(2, b"I tensorflow/core/platform/cpu_feature_guard.cc:210] This binary is optimized\n")
    return np.mean(values)

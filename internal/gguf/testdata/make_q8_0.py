"""q8_0.gguf: the same values as F32 and as the Python package gguf quantizes them (gguf 0.19, numpy)."""
import sys
import numpy as np, gguf
r = np.random.default_rng(1)
rows = [r.standard_normal((24, 64)).astype(np.float32) * s for s in (1, 1e-3, 1e3)]
halves = np.zeros((4, 64), np.float32)          # scale 1: codes that end in a half, of both signs
halves[:, ::32] = 127
halves[:, 1:32] = np.arange(31) - 15.5
halves[:, 33:] = np.nextafter(np.arange(31, dtype=np.float32) - 15.5, np.float32(0))
edge = np.zeros((6, 64), np.float32)            # nothing, next to nothing, the largest with a scale of an F16
edge[1, 3], edge[2, 5], edge[3, 40], edge[4, 0], edge[5] = 1e-6, -65504 * 127, 6e-5, -1, -0.25
x = np.concatenate(rows + [halves, edge])
w = gguf.GGUFWriter(sys.argv[1], "test")
w.add_tensor("values", x)
w.add_tensor("q8_0", gguf.quants.quantize(x, gguf.GGMLQuantizationType.Q8_0), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()

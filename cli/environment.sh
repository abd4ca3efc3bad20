# Environment of every process that runs the kmerflow command, from the sources or packaged; to be sourced by a POSIX shell.

# PyTorch keeps matrix products of a GPU in full fp32 unless told otherwise; training allows TF32 (0 forbids it).
export TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=${TORCH_ALLOW_TF32_CUBLAS_OVERRIDE:-1}
# OpenMP threads that spin while they wait take the cores from everything else; pages given back after each training step
# must be faulted in again for the next (measured: 5 times slower beside other work).
export ORT_DISABLE_TELEMETRY=1 OPT_OUT_TRACKING=true OMP_WAIT_POLICY=PASSIVE \
  MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456

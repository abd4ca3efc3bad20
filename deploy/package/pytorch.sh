# Where DJL finds PyTorch for CUDA, to be sourced by the packaged command; $home is the package's folder.
export PYTORCH_LIBRARY_PATH="$home/native/pytorch" PYTORCH_FLAVOR=cu124 PYTORCH_VERSION=2.5.1
# The driver's libcuda.so.1 is opened by its name, so what was on the path stays on it.
export LD_LIBRARY_PATH="$home/native/cuda:$home/native/pytorch${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

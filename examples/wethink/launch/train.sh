#!/usr/bin/env bash
# One stage on one machine: the training GPUs are 0 to 3. Run it again after a stop; it goes on from the last checkpoint.
#   examples/wethink/launch/train.sh grpo [--set NAME=VALUE]…
#   examples/wethink/launch/train.sh sft
set -euo pipefail
stage=$1
shift
here=examples/wethink
CUDA_VISIBLE_DEVICES=${GPUS:-0,1,2,3} exec accelerate launch --config_file $here/configs/fsdp-1x8.yaml \
  -m "${here//\//.}.$stage" --config $here/configs/7b-1x8.yaml --resume "$@"

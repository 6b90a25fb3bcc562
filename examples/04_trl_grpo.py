"""GRPO with the real TRL on a model of a few thousand parameters, made here: what is logged, and that it learns. No GPU, key or
download; needs `pip install '.[train]'` in the clone.
"""

import tempfile

try:
    import torch
    from datasets import Dataset
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import AutoTokenizer, PreTrainedTokenizerFast, PrinterCallback, Qwen2Config, Qwen2ForCausalLM
    from trl import GRPOConfig, GRPOTrainer
except ImportError as cause:
    raise SystemExit(f"{cause}. This example needs the extra `train`: pip install '.[train]' in the clone") from None

import rewardkit
from rewardkit.adapters.trl import GroupAdvantageMixin

WORDS = ["<pad>", "<eos>", "<unk>", "A", "B", "C", "D"]
ROWS = [{"prompt": letter, "answer": "B"} for letter in "ABCD"] + [{"prompt": "A B", "answer": ""}]


class Trainer(GroupAdvantageMixin, GRPOTrainer):
    """TRL's trainer, with exact advantages."""


with tempfile.TemporaryDirectory() as folder:
    words = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = Whitespace()
    special = {"pad_token": "<pad>", "eos_token": "<eos>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=words, **special).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1}
    shape |= {"num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": len(WORDS)}
    model = Qwen2ForCausalLM(Qwen2Config(bos_token_id=None, pad_token_id=0, eos_token_id=1, **shape))
    sizes = {"per_device_train_batch_size": 40, "num_generations": 8, "max_completion_length": 1, "max_steps": 12}
    said = {"logging_steps": 1, "save_strategy": "no", "report_to": "none", "disable_tqdm": True}
    args = GRPOConfig(folder, learning_rate=0.02, use_cpu=True, bf16=False, **sizes, **said)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    trainer = Trainer(model, rewardkit.load("auto"), args, Dataset.from_list(ROWS), processing_class=tokenizer)
    trainer.remove_callback(PrinterCallback)  # the table below says it shorter
    trainer.train()

print("step  reward  abstained  groups that teach nothing")
for step, entry in enumerate(entry for entry in trainer.state.log_history if "reward" in entry):
    print(f"{step:4}  {entry['reward']:6.2f}  {entry['auto/abstained']:9.2f}  {entry['frac_reward_zero_std']:6.2f}")

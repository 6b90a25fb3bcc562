"""GRPO with the real TRL on a model of a few thousand parameters, made here: what is logged, and that it learns. No GPU, key or
download; needs `pip install '.[train]'` in the clone.
"""

import tempfile

import torch
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import AutoTokenizer, PreTrainedTokenizerFast, PrinterCallback, Qwen2Config, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer

import rewardkit
from rewardkit.adapters.trl import GroupAdvantageMixin

WORDS = ["<pad>", "<eos>", "<unk>", "A", "B", "C", "D"]


class Trainer(GroupAdvantageMixin, GRPOTrainer):
    """TRL's trainer, with exact advantages."""


with tempfile.TemporaryDirectory() as folder:
    words = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>").save_pretrained(
        folder
    )
    torch.manual_seed(0)
    shape = {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
    }
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=len(WORDS), bos_token_id=None, pad_token_id=0, eos_token_id=1, **shape))

    rows = [{"prompt": letter, "answer": "B"} for letter in "ABCD"] + [{"prompt": "A B", "answer": ""}]
    trainer = Trainer(
        model=model,
        reward_funcs=rewardkit.load("auto"),
        args=GRPOConfig(
            output_dir=folder,
            max_steps=12,
            per_device_train_batch_size=40,
            num_generations=8,
            max_completion_length=1,
            learning_rate=0.02,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            bf16=False,
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(folder),
    )
    trainer.remove_callback(PrinterCallback)  # the table below says it shorter
    trainer.train()

print("step  reward  abstained  groups that teach nothing")
for step, entry in enumerate(entry for entry in trainer.state.log_history if "reward" in entry):
    print(f"{step:4}  {entry['reward']:6.2f}  {entry['auto/abstained']:9.2f}  {entry['frac_reward_zero_std']:6.2f}")

//! Names and shapes of the tensors of small models, as open_clip makes them.
//!
//! Printed by `open_clip` 3.3: `{name: shape for name, tensor in model.state_dict().items()}` of `CLIP`, `CustomTextCLIP` and
//! `CoCa` with the configurations of the tests; the decoder of captions is left out.

/// CLIPA: no norm before the blocks, mean of patches, and factors of layers.
pub(super) const CLIPA: &str = "\
ln_final.bias 6
ln_final.weight 6
logit_scale
positional_embedding 5 6
text_projection 6 10
token_embedding.weight 11 6
transformer.resblocks.0.attn.in_proj_bias 18
transformer.resblocks.0.attn.in_proj_weight 18 6
transformer.resblocks.0.attn.out_proj.bias 6
transformer.resblocks.0.attn.out_proj.weight 6 6
transformer.resblocks.0.ln_1.bias 6
transformer.resblocks.0.ln_1.weight 6
transformer.resblocks.0.ln_2.bias 6
transformer.resblocks.0.ln_2.weight 6
transformer.resblocks.0.mlp.c_fc.bias 24
transformer.resblocks.0.mlp.c_fc.weight 24 6
transformer.resblocks.0.mlp.c_proj.bias 6
transformer.resblocks.0.mlp.c_proj.weight 6 24
visual.class_embedding 12
visual.conv1.weight 12 3 4 4
visual.ln_post.bias 12
visual.ln_post.weight 12
visual.positional_embedding 5 12
visual.proj 12 10
visual.transformer.resblocks.0.attn.in_proj_bias 36
visual.transformer.resblocks.0.attn.in_proj_weight 36 12
visual.transformer.resblocks.0.attn.out_proj.bias 12
visual.transformer.resblocks.0.attn.out_proj.weight 12 12
visual.transformer.resblocks.0.ln_1.bias 12
visual.transformer.resblocks.0.ln_1.weight 12
visual.transformer.resblocks.0.ln_2.bias 12
visual.transformer.resblocks.0.ln_2.weight 12
visual.transformer.resblocks.0.ls_1.gamma 12
visual.transformer.resblocks.0.ls_2.gamma 12
visual.transformer.resblocks.0.mlp.c_fc.bias 48
visual.transformer.resblocks.0.mlp.c_fc.weight 48 12
visual.transformer.resblocks.0.mlp.c_proj.bias 12
visual.transformer.resblocks.0.mlp.c_proj.weight 12 48
";

/// CoCa: a pooler whose keys are wider than its queries, and a class token after the text.
pub(super) const COCA: &str = "\
logit_scale
text.cls_emb 6
text.ln_final.bias 6
text.ln_final.weight 6
text.positional_embedding 6 6
text.text_projection 6 10
text.token_embedding.weight 11 6
text.transformer.resblocks.0.attn.in_proj_bias 18
text.transformer.resblocks.0.attn.in_proj_weight 18 6
text.transformer.resblocks.0.attn.out_proj.bias 6
text.transformer.resblocks.0.attn.out_proj.weight 6 6
text.transformer.resblocks.0.ln_1.bias 6
text.transformer.resblocks.0.ln_1.weight 6
text.transformer.resblocks.0.ln_2.bias 6
text.transformer.resblocks.0.ln_2.weight 6
text.transformer.resblocks.0.mlp.c_fc.bias 24
text.transformer.resblocks.0.mlp.c_fc.weight 24 6
text.transformer.resblocks.0.mlp.c_proj.bias 6
text.transformer.resblocks.0.mlp.c_proj.weight 6 24
visual.attn_pool.attn.in_proj_bias 30
visual.attn_pool.attn.k_proj_weight 10 12
visual.attn_pool.attn.out_proj.bias 10
visual.attn_pool.attn.out_proj.weight 10 10
visual.attn_pool.attn.q_proj_weight 10 10
visual.attn_pool.attn.v_proj_weight 10 12
visual.attn_pool.ln_k.bias 12
visual.attn_pool.ln_k.weight 12
visual.attn_pool.ln_q.bias 10
visual.attn_pool.ln_q.weight 10
visual.attn_pool.query 3 10
visual.class_embedding 12
visual.conv1.weight 12 3 4 4
visual.ln_post.bias 10
visual.ln_post.weight 10
visual.ln_pre.bias 12
visual.ln_pre.weight 12
visual.positional_embedding 5 12
visual.proj 10 10
visual.transformer.resblocks.0.attn.in_proj_bias 36
visual.transformer.resblocks.0.attn.in_proj_weight 36 12
visual.transformer.resblocks.0.attn.out_proj.bias 12
visual.transformer.resblocks.0.attn.out_proj.weight 12 12
visual.transformer.resblocks.0.ln_1.bias 12
visual.transformer.resblocks.0.ln_1.weight 12
visual.transformer.resblocks.0.ln_2.bias 12
visual.transformer.resblocks.0.ln_2.weight 12
visual.transformer.resblocks.0.mlp.c_fc.bias 48
visual.transformer.resblocks.0.mlp.c_fc.weight 48 12
visual.transformer.resblocks.0.mlp.c_proj.bias 12
visual.transformer.resblocks.0.mlp.c_proj.weight 12 48
";

/// What CoCa has instead where keys and queries are of one width.
pub(super) const POOLER_OF_ONE_WIDTH: &str = "\
visual.attn_pool.attn.in_proj_bias 36
visual.attn_pool.attn.in_proj_weight 36 12
visual.attn_pool.attn.out_proj.bias 12
visual.attn_pool.attn.out_proj.weight 12 12
visual.attn_pool.ln_k.bias 12
visual.attn_pool.ln_k.weight 12
visual.attn_pool.ln_q.bias 12
visual.attn_pool.ln_q.weight 12
visual.attn_pool.query 3 12
";

/// The text tower of SigLIP, beside an image tower of open_clip's own.
pub(super) const SIGLIP_TEXT: &str = "\
logit_bias
logit_scale
text.ln_final.bias 6
text.ln_final.weight 6
text.positional_embedding 5 6
text.text_projection.bias 10
text.text_projection.weight 10 6
text.token_embedding.weight 11 6
text.transformer.resblocks.0.attn.in_proj_bias 18
text.transformer.resblocks.0.attn.in_proj_weight 18 6
text.transformer.resblocks.0.attn.out_proj.bias 6
text.transformer.resblocks.0.attn.out_proj.weight 6 6
text.transformer.resblocks.0.ln_1.bias 6
text.transformer.resblocks.0.ln_1.weight 6
text.transformer.resblocks.0.ln_2.bias 6
text.transformer.resblocks.0.ln_2.weight 6
text.transformer.resblocks.0.mlp.c_fc.bias 24
text.transformer.resblocks.0.mlp.c_fc.weight 24 6
text.transformer.resblocks.0.mlp.c_proj.bias 6
text.transformer.resblocks.0.mlp.c_proj.weight 6 24
";

# %%
print(In)
print(_ih)
print("".join(get_ipython().history_manager.input_hist_raw))
%history -g

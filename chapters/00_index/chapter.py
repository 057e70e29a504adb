# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Keras Workbook
#
# Twelve chapters that show how Keras works by running it, and twelve assignments that grade
# themselves. This page is the map: what there is, in which order, and how to work with it.
#
# {{ colab_badge }}

# %% [markdown]
# ## The course
#
# Each chapter is read and run from top to bottom in less than a minute of computing. Its assignment
# says on top how long its tasks take.
#
# | | chapter | afterwards you can | runs in | assignment |
# |---|---|---|---|---|
# | 1 | [Sequential models](01_sequential.ipynb) | build, train, judge and save a stack of layers | 40 s | {{ ex01_sequential }} |
# | 2 | [The Functional API](02_functional.ipynb) | build models with several inputs, outputs and paths | 40 s | {{ ex02_functional }} |
# | 3 | [Subclassing](03_subclassing.ipynb) | write a model as a class, and know when to | 35 s | {{ ex03_subclassing }} |
# | 4 | [Custom layers](04_layers.ipynb) | write layers, regularizers and constraints that can be saved | 40 s | {{ ex04_layers }} |
# | 5 | [Losses](05_losses.ipynb) | minimize what you mean, even what is hidden inside the model | 40 s | {{ ex05_losses }} |
# | 6 | [Metrics](06_metrics.ipynb) | measure right over batches, weights and epochs | 35 s | {{ ex06_metrics }} |
# | 7 | [Data](07_data.ipynb) | feed models from arrays, datasets and generators, fast | 45 s | {{ ex07_data }} |
# | 8 | [Callbacks](08_callbacks.ipynb) | watch, steer, stop and resume training | 40 s | {{ ex08_callbacks }} |
# | 9 | [Training loops](09_loops.ipynb) | write `fit` by hand, to the same numbers | 25 s | {{ ex09_loops }} |
# | 10 | [Graphs](10_graphs.ipynb) | compile Python to graphs, and tell when it pays | 25 s | {{ ex10_graphs }} |
# | 11 | [Inside fit](11_train_step.ipynb) | change one training step and keep the rest of `fit` | 30 s | {{ ex11_train_step }} |
# | 12 | [Capstone: bank churn](12_churn.ipynb) | take a table from raw rows to a submission file | 40 s | {{ ex12_churn }} |
#
# Each has a *playground*, a cell with sliders: run the cells above it, and turn a knob. What few need stands in *Going further* at a
# chapter's end, and in an appendix: [what else a gradient can do](appendix_gradients.ipynb).

# %% [markdown]
# ## What builds on what
#
# An arrow means *read this first*. Of two chapters without a path of arrows between them, read either first.

# %% alt="Graph of the twelve chapters from left to right: 1 to 5 in a row; 5 leads to 6 and 7; 6 leads to 8 and 9; 9 leads to 10, and 10 to 11; 7 and 8 lead to the capstone 12"
import matplotlib.pyplot as plt

chapters = {  # number: (title, column, row)
    1: ("Sequential", 0, 1),
    2: ("Functional", 1, 1),
    3: ("Subclassing", 2, 1),
    4: ("Layers", 3, 1),
    5: ("Losses", 4, 1),
    6: ("Metrics", 5, 1),
    7: ("Data", 5, 0),
    8: ("Callbacks", 6, 0.5),
    9: ("Loops", 6, 1.5),
    10: ("Graphs", 7, 1.5),
    11: ("Inside fit", 8, 1.5),
    12: ("Bank churn", 7, 0),
}
arrows = [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (5, 7), (6, 8), (6, 9)]
arrows += [(9, 10), (10, 11), (7, 12), (8, 12)]

plt.style.use("tableau-colorblind10")
fig, ax = plt.subplots(figsize=(12, 3))
ax.set(xlim=(-0.5, 8.5), ylim=(-0.5, 2))
ax.axis("off")
boxes = {}
for number, (title, x, y) in chapters.items():
    box = {"boxstyle": "round,pad=0.5", "facecolor": "#e8f0f7", "edgecolor": "C0"}
    text = ax.text(x, y, f"{number}\n{title}", ha="center", va="center", fontsize=9, bbox=box)
    boxes[number] = text.get_bbox_patch()
fig.canvas.draw()  # now the boxes have their sizes, and arrows can start and end at them
for start, end in arrows:
    ends = {"patchA": boxes[start], "patchB": boxes[end], "shrinkA": 2, "shrinkB": 2}
    arrow = {"arrowstyle": "->", "color": "0.45", **ends}
    ax.annotate("", xy=chapters[end][1:], xytext=chapters[start][1:], arrowprops=arrow)
plt.show()

# %% [markdown]
# ## How to work here
#
# In JupyterLab on your own machine (`make lab` or `python study.py lab` starts it):
#
# 1. Open a chapter in `notebooks/` and run it cell by cell. Change numbers, predict what will happen, run again.
# 2. Click its assignment in the table above. Your own copy opens; it is in `work/`, and nothing ever overwrites it.
# 3. Replace each `raise NotImplementedError(…)` by your code and run the check cell below it. Stuck? Open one of the
#    three hints.
# 4. Check everything at once: the *Validate* button, or `make check EX=ex01_sequential` in a terminal.
# 5. Hand in: `make submit EX=ex01_sequential` says what is missing and makes the file to upload. On a server of your
#    school, press *Submit* in *Nbgrader → Assignment List*.
#
# Without `make`, as on Windows, it is `python study.py check ex01_sequential`; all commands have this form, too.
#
# In Colab: click *Open in Colab* on top of a chapter or an assignment, save a copy to your own drive, and work there. The
# visible checks run in the notebook itself. To hand in, download the notebook (*File → Download → .ipynb*) and submit that
# file as your teacher tells you.
#
# > **Note** Colab has TensorFlow and Keras. Do not install other versions there; the course runs on Colab's own.

# %% [markdown]
# ## Glossary
#
# Each term, and where it is taught.
#
# | term | what it is | taught in |
# |---|---|---|
# | activation | function applied to a layer's output: relu, sigmoid, softmax | [1 · A model is a stack of layers](01_sequential.ipynb#A-model-is-a-stack-of-layers) |
# | AUC | share of pairs, one of each class, that a score puts in the right order | [12 · Identifiers that know too much](12_churn.ipynb#Identifiers-that-know-too-much) |
# | AutoGraph | turns Python loops and conditions on tensors into graph ones | [10 · AutoGraph: loops and conditions](10_graphs.ipynb#AutoGraph:-loops-and-conditions) |
# | batch | the samples that go through the model together; the first axis of every array | [1 · A model is a stack of layers](01_sequential.ipynb#A-model-is-a-stack-of-layers) |
# | build | make a layer's weights, once the input shape is known | [1 · Weights exist once the input shape is known](01_sequential.ipynb#Weights-exist-once-the-input-shape-is-known) |
# | calibration | whether probabilities mean what they say | [12 · Do the probabilities mean what they say?](12_churn.ipynb#Do-the-probabilities-mean-what-they-say?) |
# | callback | an object whose methods `fit` calls at fixed moments | [8 · A callback is a set of hooks](08_callbacks.ipynb#A-callback-is-a-set-of-hooks) |
# | class weight | how much a class counts in the loss | [7 · Rare classes](07_data.ipynb#Rare-classes) |
# | config | what a layer needs to be made again: `get_config`, `from_config` | [4 · Step 3: a config, to be saved](04_layers.ipynb#Step-3:-a-config,-to-be-saved) |
# | confusion matrix | counts of every pair of true and predicted class | [6 · A confusion matrix as a metric](06_metrics.ipynb#A-confusion-matrix-as-a-metric) |
# | constraint | a rule that weights are brought back to after each step | [4 · With arguments: classes](04_layers.ipynb#With-arguments:-classes) |
# | convolution | a window of weights that slides over an image or a series | [2 · Images: a window that slides](02_functional.ipynb#Images:-a-window-that-slides) |
# | dropout | sets some inputs to zero in training, at random | [3 · `training=True`, or not](03_subclassing.ipynb#training=True,-or-not) |
# | eager | each operation runs where Python meets it | [10 · Two ways to run the same code](10_graphs.ipynb#Two-ways-to-run-the-same-code) |
# | early stopping | end training when a watched number no longer improves | [8 · Stop when nothing improves](08_callbacks.ipynb#Stop-when-nothing-improves) |
# | embedding | a table with one trainable row of numbers per word | [2 · A layer used twice](02_functional.ipynb#A-layer-used-twice) |
# | endpoint layer | a layer that takes the targets and adds its own loss | [5 · The endpoint layer: targets as an input](05_losses.ipynb#The-endpoint-layer:-targets-as-an-input) |
# | epoch | one pass over the training data | [1 · Fit](01_sequential.ipynb#Fit) |
# | Functional API | models as graphs of layer calls | [2 · From a stack to a graph](02_functional.ipynb#From-a-stack-to-a-graph) |
# | GAN | two networks trained against each other | [11 · Two players: a GAN](11_train_step.ipynb#Two-players:-a-GAN) |
# | gradient | the slope of the loss for each weight | [1 · What an optimizer does](01_sequential.ipynb#What-an-optimizer-does) |
# | gradient accumulation | one update from several small batches | [11 · Large batches in small portions](11_train_step.ipynb#Large-batches-in-small-portions) |
# | gradient clipping | scaling gradients down to a largest norm | [9 · Clipping: a step that cannot explode](09_loops.ipynb#Clipping:-a-step-that-cannot-explode) |
# | gradient tape | remembers operations, to give their gradients | [9 · A tape remembers how a number came about](09_loops.ipynb#A-tape-remembers-how-a-number-came-about) |
# | graph | operations recorded once, then run without Python | [10 · Two ways to run the same code](10_graphs.ipynb#Two-ways-to-run-the-same-code) |
# | kernel, bias | the matrix and the vector that a `Dense` layer learns | [1 · Count parameters by hand](01_sequential.ipynb#Count-parameters-by-hand) |
# | leakage | a column or a row that gives the answer away | [12 · Identifiers that know too much](12_churn.ipynb#Identifiers-that-know-too-much) |
# | learning curve | loss or metric over the epochs | [1 · Read the learning curves](01_sequential.ipynb#Read-the-learning-curves) |
# | logits | scores before softmax or sigmoid | [5 · Logits or probabilities?](05_losses.ipynb#Logits-or-probabilities?) |
# | loss | the number that training makes smaller | [5 · A loss is a function of two arrays](05_losses.ipynb#A-loss-is-a-function-of-two-arrays) |
# | mask | which time steps count | [4 · Masks: which time steps count](04_layers.ipynb#Masks:-which-time-steps-count) |
# | metric | a number for people, kept over batches | [6 · A loss trains, a metric tells](06_metrics.ipynb#A-loss-trains,-a-metric-tells) |
# | mixed precision | computing in float16 or bfloat16, keeping weights in float32 | [11 · Mixed precision](11_train_step.ipynb#Mixed-precision) |
# | optimizer | turns gradients into changes of the weights | [1 · What an optimizer does](01_sequential.ipynb#What-an-optimizer-does) |
# | overfitting | learning the training data by heart | [1 · Read the learning curves](01_sequential.ipynb#Read-the-learning-curves) |
# | pipeline | a `tf.data` chain that feeds the model | [7 · Pipelines with `tf.data`](07_data.ipynb#Pipelines-with-tf.data) |
# | pooling | makes maps smaller: the largest or the mean of several numbers | [2 · Images: a window that slides](02_functional.ipynb#Images:-a-window-that-slides) |
# | reduction | how the losses of a batch become one number | [5 · Reduction and sample weights](05_losses.ipynb#Reduction-and-sample-weights) |
# | regularizer | a penalty on weights, added to the loss | [4 · With arguments: classes](04_layers.ipynb#With-arguments:-classes) |
# | residual link | a path around a layer, added to its output | [2 · Links that skip](02_functional.ipynb#Links-that-skip) |
# | ROC curve | what is found against what is bothered, over all thresholds | [12 · Is it better than the line?](12_churn.ipynb#Is-it-better-than-the-line?) |
# | saliency map | how much each pixel moves a score | [9 · Gradients with respect to the input: saliency](09_loops.ipynb#Gradients-with-respect-to-the-input:-saliency) |
# | sample weight | how much a sample counts | [7 · Weights for samples and classes](07_data.ipynb#Weights-for-samples-and-classes) |
# | schedule | the learning rate as a function of the step | [8 · Schedules: the learning rate as a function of the step](08_callbacks.ipynb#Schedules:-the-learning-rate-as-a-function-of-the-step) |
# | shared layer | one layer called more than once | [2 · A layer used twice](02_functional.ipynb#A-layer-used-twice) |
# | state | what a layer or metric keeps besides trainable weights | [4 · State that is not trained](04_layers.ipynb#State-that-is-not-trained) |
# | subclassing | models as classes | [3 · A model is a class with two methods](03_subclassing.ipynb#A-model-is-a-class-with-two-methods) |
# | symbolic tensor | shape and type without values, what `Input` returns | [2 · Symbolic tensors](02_functional.ipynb#Symbolic-tensors) |
# | threshold | where a probability becomes a decision | [12 · Choose the threshold, don't inherit it](12_churn.ipynb#Choose-the-threshold,-don%27t-inherit-it) |
# | tracing | running Python once to record a graph | [10 · Tracing, made visible](10_graphs.ipynb#Tracing,-made-visible) |
# | `train_step` | what `fit` does with one batch | [11 · The built-in step, in your own words](11_train_step.ipynb#The-built-in-step,-in-your-own-words) |
# | training mode | what `training=True` changes: dropout, batch normalization | [3 · `training=True`, or not](03_subclassing.ipynb#training=True,-or-not) |
# | validation split | the part of the data set aside to watch training | [7 · Hold data out](07_data.ipynb#Hold-data-out) |
# | weights | the numbers that a layer keeps | [1 · Weights exist once the input shape is known](01_sequential.ipynb#Weights-exist-once-the-input-shape-is-known) |
# | XLA | compiles many operations into one program | [10 · `jit_compile`: one program of many operations](10_graphs.ipynb#jit_compile:-one-program-of-many-operations) |

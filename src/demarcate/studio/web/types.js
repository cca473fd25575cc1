/**
 * The types that all modules of the page share. Nothing here runs.
 *
 * @module
 */

/**
 * What a page shows, all of it: it goes to the session as it is, into the address when it is shared, and onto the stack of
 * what can be undone. The session compares it with the last one and does what is needed.
 *
 * @typedef {object} State
 * @property {DataState} data
 * @property {SplitState} split
 * @property {ViewState} view
 * @property {CardState[]} cards one to four
 * @property {DecisionState} decision only the browser reads it
 */

/**
 * @typedef {object} DataState
 * @property {"blobs" | "circles" | "moons" | "heart" | "table" | "drawn"} source `drawn` has no points but those added by hand
 * @property {number} n_samples
 * @property {number} noise moons, circles
 * @property {number} factor circles
 * @property {number} centers blobs
 * @property {number} cluster_std blobs
 * @property {number} random_state
 * @property {string | null} table the id of a table that was opened or dropped
 * @property {string | null} target its column to predict
 * @property {string[]} categorical columns that are categories although they are written as numbers
 * @property {string[]} drop columns that are not used
 * @property {[number, number, number][]} added points added by hand: x, y, and the class by number; at most 1000
 * @property {boolean} standardise
 */

/**
 * @typedef {object} SplitState
 * @property {number} validation the share of all rows held out to decide when to stop, 0 to 0.8
 * @property {number} test the share of all rows held out for testing, 0 to 0.8
 * @property {number} seed
 */

/**
 * @typedef {object} ViewState
 * @property {[string, string] | null} columns the two axes; null: the session chooses
 * @property {Object<string, number | string | null>} held values at which other columns are held; those not named are chosen
 * @property {"regions" | "probability"} kind only the browser reads it, and all below
 * @property {number | null} probability_of the class of the probability map, by number; null: the likeliest
 * @property {{train: boolean, validation: boolean, test: boolean}} points
 * @property {boolean} spread whether each seed's boundary is drawn
 */

/**
 * @typedef {object} CardState
 * @property {string} id does not change while other things do
 * @property {string} name
 * @property {number[]} hidden widths, at most 6 layers of at most 256; none: a linear model
 * @property {string} activation
 * @property {number} dropout acts at once
 * @property {"auto" | "softmax" | "logit"} head
 * @property {string} optimizer
 * @property {number} lr acts at once
 * @property {number} weight_decay acts at once
 * @property {number | null} batch_size null: full batch
 * @property {"constant" | "cosine"} schedule
 * @property {number} epochs after which training pauses, and over which a cosine falls
 * @property {number | null} patience epochs without a better validation loss after which it pauses; null: never
 * @property {number} seed of the first network
 * @property {number} seeds 1 to 5 networks
 */

/**
 * @typedef {object} DecisionState
 * @property {number | null} threshold probability of the positive class from which it is predicted; null: from the costs
 * @property {number} false_negative cost
 * @property {number} false_positive cost
 * @property {number} positive the positive class, by number
 */

/**
 * Facts of the message `dataset`, which follows each change of data, split or axes. Arrays: `points` float32 (n, 2) in the
 * two axes; `codes` uint8 (n,), the class by number; `parts` uint8 (n,), see {@link PART}; `validation_codes` uint8
 * (n_validation,) and, without validation rows, those of the test rows.
 *
 * @typedef {object} DatasetFacts
 * @property {number} revision
 * @property {string} title such as "moons: 300 rows, 2 columns, 2 classes"
 * @property {string[]} classes labels in words, in order
 * @property {ColumnFacts[]} columns those that networks read
 * @property {[string, string]} axes
 * @property {[string[], string[]]} [axis_words] of an axis of categories its categories, at 0, 1, 2 and so on; empty of numbers
 * @property {[number, number, number, number]} extent left, right, bottom, top of the maps
 * @property {Object<string, number | string | null>} held the value at which each other column is held
 * @property {string} caption says that the map is a slice, and where; empty with two columns
 * @property {{train: number, validation: number, test: number}} n_rows
 * @property {number} n_shown rows among `points`; a sample of large tables
 * @property {"validation" | "test"} monitored which rows the numbers beside those of training are of
 * @property {string} target
 * @property {boolean} can_add whether points can be added by hand
 * @property {string[]} notices what the reader of the table warns of
 * @property {{rows: number, shares: Object<string, number>}} balance class shares of all rows
 */

/**
 * @typedef {object} ColumnFacts
 * @property {string} name
 * @property {"numerical" | "categorical" | "date" | "text"} kind
 * @property {string[]} categories of a categorical column
 * @property {number | null} low of a numerical one
 * @property {number | null} high
 * @property {number | string | null} typical
 * @property {boolean} is_axis whether a map can be drawn over it
 */

/**
 * Facts of the message `frame`. Each card has arrays with its position in front, such as `0.logits`:
 * `logits` int16 (n_outputs, height, width), rows from the bottom up, times `scale`: with several seeds the log odds or log
 * probabilities of the mean probability; `member_logits` int16 (seeds, n_outputs, 50, 50) times `scale`, with several seeds;
 * `units` int8 (n_units_shown, 24, 24), what hidden units of the first network give, from -127 to 127 by unit;
 * `weights` float32, all layers of the first network one after the other, (d_out, d_in) then biases (d_out,), where small;
 * `epochs` int32 (n,), `train_loss`, `train_accuracy`, `monitored_loss`, `monitored_accuracy` float32 (n,), epochs since the
 * last frame (or all, after `begin`), means over seeds; `monitored_logits` int16 (n_monitored, n_outputs) times `row_scale`:
 * the monitored rows of `dataset`, at most 2000 of them.
 *
 * @typedef {object} FrameFacts
 * @property {number} revision
 * @property {number} number frames are acknowledged by it
 * @property {boolean} running
 * @property {CardFacts[]} cards
 */

/**
 * @typedef {object} CardFacts
 * @property {string} id
 * @property {number} begin how often it was built: a change says that its curves begin again
 * @property {number} epoch
 * @property {number} batch steps taken in the present epoch
 * @property {number} batches steps of an epoch
 * @property {"ready" | "running" | "paused" | "finished" | "diverged" | "refused"} status
 * @property {string} note the status in words, if there is something to say
 * @property {number | null} train_loss
 * @property {number | null} train_accuracy
 * @property {number | null} monitored_loss
 * @property {number | null} monitored_accuracy
 * @property {number} best_epoch that of the lowest monitored loss, 0 before training
 * @property {number | null} best_loss
 * @property {number[]} widths from inputs to logits
 * @property {string[]} inputs names of encoded inputs
 * @property {number[]} units_shown how many of each hidden layer's units are among `units`
 * @property {number} n_parameters
 * @property {number} scale
 * @property {number} row_scale
 * @property {number} epochs_per_second
 * @property {boolean} changed whether rate, decay or dropout were changed on the way
 * @property {{accuracy: number, loss: number}[]} seeds_monitored one for each seed
 */

/**
 * Facts of the first message, `welcome`. With `state` the page begins, unless its address has one.
 *
 * @typedef {object} WelcomeFacts
 * @property {string} session the id by which a lost connection is taken up again: `socket?session=`
 * @property {string} version of the package
 * @property {State} state
 * @property {TableFacts[]} tables those that were opened at the command line, in a notebook or before a connection was lost
 * @property {{name: string, meaning: string}[]} activations
 * @property {{name: string, meaning: string}[]} optimizers
 * @property {{name: string, meaning: string}[]} heads
 * @property {{name: string, title: string, state: State}[]} presets whole states to begin with
 * @property {Object<string, Partial<DataState>>} sources the numbers that each source begins with when it is chosen
 * @property {[number, number, number, number]} canvas left, right, bottom, top of the map of points that are all drawn by hand
 * @property {Object<string, number>} limits such as `cards`, `layers`, `units`, `seeds`, `rows`, `epochs`, `added`
 */

/**
 * A table or a model file that a session has: in `welcome`, and the answer to an upload (`POST tables?name=`, the bytes of the
 * file as the body, the token as `Authorization: Bearer`). A refusal is a {@link ProblemFacts} with status 4xx.
 *
 * @typedef {object} TableFacts
 * @property {string} id goes into `state.data.table`
 * @property {string} name
 * @property {"table" | "model"} kind
 * @property {number} n_rows
 * @property {{name: string, kind: string, n_distinct: number, missing: number}[]} columns all of the file, in order
 * @property {string | null} target the suggested one
 * @property {string[]} notices
 */

/**
 * Facts of the message `problem`: something is not as it must be, and what helps.
 *
 * @typedef {object} ProblemFacts
 * @property {"data" | "card" | "view" | "ask" | "row" | "connection"} where
 * @property {string | null} [card] its id
 * @property {string | null} [field] the name in {@link State}, such as `noise` or `lr`
 * @property {number} [revision] of the state it speaks of
 * @property {string | null} [id] of the question it answers
 * @property {string} fact
 * @property {string} remedy
 */

/**
 * Facts of the message `progress`; `answer` follows with the same `id`, and `what` was asked.
 *
 * @typedef {object} ProgressFacts
 * @property {string} id
 * @property {number} done
 * @property {number} total
 * @property {string} text
 * @property {SweepRow[]} [rows] of a sweep: means over the seeds trained so far, in the order of the values
 */

/**
 * A question: `{type: "ask", id, what, card}` and, of a sweep, `setting`, `values` and `seeds`. `answer` has the facts of one of
 * {@link DiagnoseAnswer}, {@link SweepAnswer}, {@link ScoresAnswer}, {@link CodeAnswer}; each also has `id`, `what`, `card`, and
 * `revision` and `epoch` of the card at the moment of the question, for a page that says when they have changed since.
 *
 * @typedef {object} Ask
 * @property {"ask"} type
 * @property {string} id
 * @property {"diagnose" | "sweep" | "scores" | "code" | "model"} what
 * @property {string} card
 * @property {string} [model] the id of a model file, which is shown on the rows of the card
 * @property {"hidden" | "weight_decay" | "dropout" | "lr" | "activation" | "epochs" | "optimizer" | "batch_size"} [setting]
 * @property {(number | string | number[] | null)[]} [values] 2 to 12 of them
 * @property {number} [seeds] 1 to 5
 */

/**
 * A number with its 95% interval; `low` and `high` are null where there is none.
 *
 * @typedef {object} MeanFacts
 * @property {number} value
 * @property {number | null} low
 * @property {number | null} high
 */

/**
 * The answer to `diagnose`, which trains the card's network and probes around it without the test rows.
 *
 * @typedef {object} DiagnoseAnswer
 * @property {string} id
 * @property {"diagnose"} what
 * @property {string} card
 * @property {number} revision
 * @property {number} epoch
 * @property {"underfits" | "overfits" | "is about right" | "is limited by noise" | "cannot tell"} verdict
 * @property {string} headline the verdict as a sentence
 * @property {string} symptom
 * @property {string} remedy
 * @property {string[]} reasons what else there is to say
 * @property {{log_loss: MeanFacts, accuracy: MeanFacts}} train
 * @property {{log_loss: MeanFacts, accuracy: MeanFacts}} held_out
 * @property {{log_loss: MeanFacts, accuracy: MeanFacts}} gap
 * @property {EffectFacts[]} effects
 * @property {number} min_gain the smallest reduction of the log loss that counts as help
 * @property {string} basis how many networks on which rows, and the rule
 */

/**
 * @typedef {object} EffectFacts
 * @property {string} name such as `more_capacity`
 * @property {string} label such as `more capacity`
 * @property {string} change such as `hidden 4 to 16`
 * @property {"helps" | "does not help" | "cannot tell"} answer
 * @property {MeanFacts} log_loss the reduction of it on held-out rows
 * @property {MeanFacts} accuracy the increase of it
 * @property {Partial<CardState> | null} settings those of the card with this change; null where it is not one of the card
 */

/**
 * The answer to `sweep`: the card with other values of one setting, scored on the validation rows of each seed's own split of
 * all rows but the test rows.
 *
 * @typedef {object} SweepAnswer
 * @property {string} id
 * @property {"sweep"} what
 * @property {string} card
 * @property {number} revision
 * @property {number} epoch
 * @property {string} setting
 * @property {SweepRow[]} rows in the order of the values asked for
 * @property {number} best the position of the best mean validation log loss
 * @property {number | null} smallest_near_best the position of the smallest network within noise of it, if that is another
 * @property {string[]} sentences the winner, its lead in words, what diverged
 * @property {string} basis how many seeds and rows
 */

/**
 * @typedef {object} SweepRow
 * @property {number | string | number[] | null} value
 * @property {string} label the value as text, such as `16,16`
 * @property {number} n_parameters
 * @property {number} seeds whose training is over
 * @property {MeanFacts | null} log_loss of validation rows, mean over seeds; while they train, as they are; null before
 * @property {MeanFacts | null} accuracy of validation rows
 * @property {number | null} train_accuracy
 * @property {number | null} best_epoch
 * @property {number} diverged networks
 */

/**
 * The answer to `scores`: the card as it is, scored on the test rows, or, without them, on the validation rows.
 *
 * @typedef {object} ScoresAnswer
 * @property {string} id
 * @property {"scores"} what
 * @property {string} card
 * @property {number} revision
 * @property {number} epoch
 * @property {"test" | "validation"} rows
 * @property {number} n_rows
 * @property {number} looks how often these test rows were scored so far, this time included, also by reports; 0 of validation rows
 * @property {{name: string, label: string, meaning: string, mean: MeanFacts}[]} scores
 * @property {{name: string, label: string, mean: MeanFacts}[]} baselines accuracy of the majority class and logistic regression
 * @property {{severity: string, text: string, columns: string[]}[]} findings of the table's audit that bear on these scores
 * @property {string[]} reasons "why these scores?" in sentences
 */

/**
 * The answer to `code`: this card as code that runs as copied.
 *
 * @typedef {object} CodeAnswer
 * @property {string} id
 * @property {"code"} what
 * @property {string} card
 * @property {number} revision
 * @property {number} epoch
 * @property {string} demarcate
 * @property {string} pytorch
 * @property {string[]} notes such as that the rate was changed on the way, or that the table has to be beside the script
 */

/**
 * The answer to `model`: a model file on the rows of the page. Array: `picture` uint8 (n,), its map as the bytes of a PNG file.
 *
 * @typedef {object} ModelAnswer
 * @property {string} id
 * @property {"model"} what
 * @property {string} name of the file
 * @property {string} about how many networks, and what they predict
 * @property {number} n_rows
 * @property {string[]} classes
 * @property {{name: string, label: string, meaning: string, mean: MeanFacts}[]} scores
 * @property {boolean} is_training_data whether it was trained on these very rows
 * @property {string} caption of the picture
 */

/**
 * Facts of the message `row`, the answer to `{type: "row", id, card, cells: {column: number | string | null}}`; null is missing.
 *
 * @typedef {object} RowAnswer
 * @property {string} id
 * @property {string} card
 * @property {number} revision
 * @property {number} epoch
 * @property {number[]} probabilities one a class, in the order of `classes` of the data set
 * @property {number} prediction the likeliest class, by number
 * @property {number[] | null} set classes that contain the true one with the stated coverage; null: too few validation rows
 * @property {number | null} coverage such as 0.9
 * @property {number[][] | null} members each seed's probabilities, (seeds, classes); null with one seed
 * @property {number[] | null} spread the standard deviation between seeds, one a class
 * @property {string[]} notices such as a category never seen, or a number outside the training rows'
 */

/**
 * A message as it is decoded: arrays are typed, with their shape beside them.
 *
 * @typedef {object} Message
 * @property {string} kind
 * @property {any} facts
 * @property {Object<string, ArrayView>} arrays
 */

/**
 * @typedef {object} ArrayView
 * @property {number[]} shape
 * @property {Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array} data
 */

/**
 * Where messages come from and commands go to: a live session, a notebook's kernel or a recording. The page itself is the same
 * for all three: `startApp(root, source)` of app.js fills an element of class `studio`, which may stand in a notebook or in a
 * shadow tree, and returns a function that takes it down again. Only main.js, which is not part of notebooks and recordings,
 * looks for that element in the document and makes the live source. A recording has no upload and no download, and answers
 * no `row` and no `ask`: the page switches off what cannot be (`source.name === "recorded"`) and says why.
 *
 * @typedef {object} Source
 * @property {"live" | "notebook" | "recorded"} name
 * @property {(command: object) => void} send
 * @property {(listener: (message: Message) => void) => void} listen
 * @property {(listener: (status: "connecting" | "open" | "lost" | "closed") => void) => void} watch
 * @property {((file: File, kind: string) => Promise<any>) | null} upload opens a table; null where that cannot be
 * @property {((card: string, what: string, name: string) => Promise<void>) | null} download saves a file of a card
 */

/**
 * The page as its panels know it.
 *
 * @typedef {object} App
 * @property {HTMLElement} root the whole page; listeners go here, never on the document
 * @property {import("./store.js").Store} store what the page shows
 * @property {import("./types.js").Source} source where commands go: `app.source.send({type: "run"})`
 * @property {import("./live.js").Live} live what the session sent: `app.live.on("frame", () => ...)`
 * @property {import("./announce.js").Announcer} announce
 * @property {import("./theme.js").Theme} theme `app.theme.palette()`, and `app.theme.watch(...)` for when it changes
 * @property {import("./point_painter.js").Painter} painter points added by hand: maps attach themselves
 * @property {(text: string, kind?: "notice" | "problem") => void} notify shows a sentence until it is dismissed
 * @property {(panel: string) => void} open shows a panel of the tools by its id
 */

/** The parts of the rows, by the numbers in `parts`. */
export const PART = Object.freeze({ train: 0, validation: 1, test: 2 });

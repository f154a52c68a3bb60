const a = 1;

throw new Error("this one gives up");

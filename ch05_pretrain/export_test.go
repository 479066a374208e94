package pretrain

// Cut is what [Text] does with each piece.
var Cut = cut
